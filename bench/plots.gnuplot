# Called by bench/plot with `folder`. Data in nanoseconds.
set terminal svg size 860,480 font "sans-serif,14" background rgb "white"
set datafile missing "?"
set logscale xy
set xtics ("10" 10, "1,000" 1e3, "100,000" 1e5, "1,000,000" 1e6)
set mxtics 1
set xlabel "rules"
set xrange [7:1500000]
set format y "%.0s %cs"
set grid xtics ytics linecolor rgb "#dddddd"
set key outside right top reverse Left samplen 2
set border 3
set tics nomirror

set output folder."/performance-decision.svg"
set yrange [4e-8:*]
set title "One decision"
plot folder."/decision.dat" using 1:($8/1e9) title "patterns one by one" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#999999", \
     "" using 1:($7/1e9) title "SQLite, one statement" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#d62728", \
     "" using 1:($6/1e9) title "SQLite, one a key" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#ff9896", \
     "" using 1:($5/1e9) title "LMDB" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#ff7f0e", \
     "" using 1:($3/1e9) title "Vigil, 99th percentile" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#9ecae1", \
     "" using 1:($2/1e9) title "Vigil" with linespoints lw 3 pt 7 ps 0.8 lc rgb "#1f77b4", \
     "" using 1:($4/1e9) title "Vigil, all in the cache" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#2ca02c"

set output folder."/performance-compiling.svg"
set yrange [*:*]
set title "Making a policy"
plot folder."/compiling.dat" using 1:($2/1e9) title "Vigil, text to policy" with linespoints lw 3 pt 7 ps 0.8 lc rgb "#1f77b4", \
     "" using 1:($3/1e9) title "libyaml alone" with linespoints lw 2 pt 5 ps 0.6 lc rgb "#d62728", \
     "" using 1:($4/1e9) title "Vigil, compiling alone" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#9ecae1", \
     "" using 1:($5/1e9) title "Vigil, validating" with linespoints lw 2 pt 7 ps 0.6 lc rgb "#2ca02c"
