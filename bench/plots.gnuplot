# Called by bench/plot with `folder`.
set terminal svg size 860,520 font "sans-serif,14" background rgb "white"
set datafile missing "?"
set logscale xy
set format x "10^{%T}"
set xlabel "rules"
set xrange [7:1500000]
set grid xtics ytics linecolor rgb "#dddddd"
set key outside right top reverse Left samplen 2
set border 3
set tics nomirror

set output folder."/performance-decision.svg"
set ylabel "one decision, ns"
plot folder."/decision.dat" using 1:8 title "patterns one by one" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#999999", \
     "" using 1:7 title "SQLite, one statement" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#d62728", \
     "" using 1:6 title "SQLite, one a key" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#ff9896", \
     "" using 1:5 title "LMDB" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#ff7f0e", \
     "" using 1:3 title "Vigil, 99th percentile" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#9ecae1", \
     "" using 1:2 title "Vigil" with linespoints lw 3 pt 7 ps 0.8 lc rgb "#1f77b4", \
     "" using 1:4 title "Vigil, all in the cache" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#2ca02c"

set output folder."/performance-compiling.svg"
set ylabel "ms"
plot folder."/compiling.dat" using 1:($2/1e6) title "Vigil, text to policy" with linespoints lw 3 pt 7 ps 0.8 lc rgb "#1f77b4", \
     "" using 1:($3/1e6) title "libyaml alone" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#d62728", \
     "" using 1:($4/1e6) title "Vigil, compiling alone" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#9ecae1", \
     "" using 1:($5/1e6) title "Vigil, validating" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#2ca02c"
