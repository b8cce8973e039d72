// SPDX-License-Identifier: GPL-2.0
/// Who can enable VFs: whoever sets sriov_configure, or uses a function that
/// enables them.  sources.py adds functions of libraries to the two here.
///
/// Prints file, line, and what stands there.

@initialize:python@
@@

def found(places, what):
    for place in places:
        print(place.file, place.line, what.replace('\n', ' '), sep='\t')

@set@
identifier s, v;
expression f;
position p;
@@

struct s v = { .sriov_configure = f@p, };

@script:python@
p << set.p;
f << set.f;
@@

found(p, f)

@used@
identifier f =~ "^(pci_enable_sriov|pci_sriov_configure_simple)$";
position p;
@@

f@p

@script:python@
p << used.p;
f << used.f;
@@

found(p, f)
