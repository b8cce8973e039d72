# SPDX-License-Identifier: GPL-2.0
# bench.gp: what VFs with a BAR cost beyond the sleeps, a panel per kernel and
# step; kernels= names the kernels, report.py writes the data

set terminal svg size 1000,420 * words(kernels) dynamic font "sans,13" background "white"
set output "bench.svg"
set multiplot layout words(kernels),2
set logscale xy
set xrange [12:22000]
set xtics (16, 64, 256, 1024, 4096, 16384)
set format y "%g"
set grid
set key top left
set xlabel "VFs"
do for [kernel in kernels] {
	do for [step in "enable disable"] {
		set title "Linux ".kernel.", ".step." (VFs with a BAR)"
		set ylabel "seconds without the sleep of ".(step eq "enable" ? "0.1 s" : "1 s")
		plot "plot-".kernel."-stock-".step.".dat" with linespoints lw 2 pt 7 lc rgb "#c04030" title "stock, pci-pf-stub", \
		     "plot-".kernel."-patched-".step.".dat" with linespoints lw 2 pt 5 lc rgb "#2060a0" title "patched, pci-stub"
	}
}
unset multiplot
