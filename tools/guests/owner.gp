# SPDX-License-Identifier: GPL-2.0
# owner.gp: draw the pings of a process that drives an 82576, and when its VFs were written
# to: gnuplot -e "report='<igb.tap>'; output='<SVG>'" owner.gp

# Time, pings per second, phase
data = "< sed -n 's/^# owner: //p' ".report
since(phase) = real(system(data[3:]." | awk '$3 == \"".phase."\" { print $1; exit }'"))

set terminal svg size 900,380 dynamic font "sans,13" background "white"
set output output
set title "A process drives the PF of an 82576 through uio\\_pci\\_generic"
set xlabel "seconds"
set ylabel "its pings answered, per second"
set xrange [0:*] noextend
stats data using 2 nooutput
top = STATS_max * 1.45
set yrange [-STATS_max * 0.03:top]
set key off
set grid ytics lc rgb "#dddddd"
set style arrow 1 nohead dt 2 lc rgb "#888888"
array phase[4] = ["try", "on", "off", "anew"]
array label[4] = ["echo 4 >\nsriov\\_numvfs:\nrefused", \
	"the same, but\n8086:10c9=allow\nas override", "echo 0 >\nsriov\\_numvfs", \
	"the process\nresets the PF"]
do for [i = 1:4] {
	t = since(phase[i])
	set arrow from t, graph 0 to t, graph 1 as 1
	set label i label[i] at t, top * 0.94 offset 0.5,0
}
plot data using 1:2 with linespoints lw 2 pt 7 ps 0.35 lc rgb "#c04030"
