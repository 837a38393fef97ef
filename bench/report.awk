# Makes the table of bench/rows from the results (first file), with the reasons of bench/misses; with -v page=1 as the Markdown
# page that the template (last file) asks for: {{table NAME}}, {{misses}}, {{value RESULT UNIT}}, {{text NAME}}.
#   awk -f report.awk results.tsv rows misses [-v page=1 template]

function trim(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }

function grouped(number,    text, out) {
    text = sprintf("%.0f", number)
    while (length(text) > 3) {
        out = "," substr(text, length(text) - 2) out
        text = substr(text, 1, length(text) - 3)
    }
    return text out
}

function three(number) { return number >= 100 ? grouped(number) : number >= 10 ? sprintf("%.1f", number) : sprintf("%.2f", number) }

function shown(value, unit) {
    if (value == "") return "not measured"
    if (unit == "ns") {
        if (value < 999.5) return sprintf("%.0f ns", value)
        if (value < 999500) return three(value / 1e3) " µs"
        if (value < 999500000) return three(value / 1e6) " ms"
        return three(value / 1e9) " s"
    }
    if (unit == "bytes") {
        if (value < 10000) return (value == int(value) ? grouped(value) : three(value)) " bytes"
        return three(value / 1e6) " MB"
    }
    if (unit == "bytes/s") return sprintf("%.2f GB/s", value / 1e9)
    if (unit == "x") return sprintf("%.3f times", value)
    if (unit == "%") return sprintf("%.1f %%", value)
    if (unit ~ /\/s$/) return grouped(value) " " unit
    return (value == int(value) ? grouped(value) : three(value)) (unit == "" ? "" : " " unit)
}

# The value of "a / b - c", from left to right; "" when a result is missing.
function value_of(formula,    parts, count, i, operand, value) {
    count = split(formula, parts, " ")
    for (i = 1; i <= count; i += 2) {
        operand = parts[i] ~ /^[0-9.]+$/ ? parts[i] : parts[i] in results ? results[parts[i]] : ""
        if (operand == "") return ""
        if (i == 1) value = operand
        else if (parts[i - 1] == "+") value += operand
        else if (parts[i - 1] == "-") value -= operand
        else if (parts[i - 1] == "*") value *= operand
        else if (operand == 0) return ""
        else value /= operand
    }
    return value
}

# How many times better "ours" is: rates are better when they are higher, everything else when it is lower.
function ratio_of(ours, theirs, unit) {
    if (ours == "" || theirs == "" || ours == 0 || theirs == 0) return ""
    return unit ~ /\/s$/ ? ours / theirs : theirs / ours
}

function holds(value, relation, bound) { return relation == "<=" ? value <= bound + 0 : value >= bound + 0 }

function target_text(target, unit,    parts) {
    split(target, parts, " ")
    if (target == "" || target == "-") return "stated"
    if (parts[1] == "ratio") return "at least " (parts[3] < 1 ? 100 * parts[3] " %" : parts[3] " times")
    return (parts[1] == "<=" ? "at most " : "at least ") shown(parts[2], unit)
}

function verdict(ours, ratio, target,    parts) {
    split(target, parts, " ")
    if (target == "" || target == "-") return ""
    if (parts[1] == "ratio") return ratio == "" ? "not measured" : holds(ratio, parts[2], parts[3]) ? "met" : "missed"
    return ours == "" ? "not measured" : holds(ours, parts[1], parts[2]) ? "met" : "missed"
}

function ratio_text(ratio) { return ratio == "" ? "" : ratio < 9.95 ? sprintf("%.2f", ratio) : grouped(ratio) }

FILENAME != last { last = FILENAME; stage++ }
stage == 1 { split($0, pair, "\t"); results[pair[1]] = pair[2]; next }
stage <= 3 && (/^#/ || /^[ \t]*$/) { next }
stage == 2 && /^\[/ { section = substr($0, 2, length($0) - 2); next }
stage == 2 {
    count = split($0, cell, "|")
    for (i = 1; i <= 7; i++) cell[i] = trim(cell[i])
    n = ++rows[section]
    row = section SUBSEP n
    keys[++all] = cell[1]
    ours = value_of(cell[4])
    theirs = value_of(cell[6])
    ratio = ratio_of(ours, theirs, cell[3])
    what[row] = cell[2]
    measured[row] = shown(ours, cell[3])
    beside[row] = cell[5] == "" ? "" : cell[5] ": " shown(theirs, cell[3])
    times[row] = cell[7] == "-" ? "" : ratio_text(ratio)
    wanted[row] = target_text(cell[7], cell[3])
    came[row] = verdict(ours, ratio, cell[7])
    if (came[row] == "missed") missed[++misses] = cell[1] SUBSEP section ": " cell[2] (cell[7] ~ /^ratio/ ? ", beside " cell[5] : "")
    counted[came[row]]++
    order[all] = row
    next
}
stage == 3 { at = index($0, "|"); reasons[trim(substr($0, 1, at - 1))] = trim(substr($0, at + 1)); next }

function table(section,    i, row) {
    print "| what | target | measured | beside | ratio | |"
    print "|---|---|---|---|---|---|"
    for (i = 1; i <= rows[section]; i++) {
        row = section SUBSEP i
        print "| " what[row] " | " wanted[row] " | " measured[row] " | " beside[row] " | " times[row] " | " came[row] " |"
    }
}

function miss_list(    i, parts) {
    if (misses == 0) print "None."
    for (i = 1; i <= misses; i++) {
        split(missed[i], parts, SUBSEP)
        print "- " parts[2] ": " (parts[1] in reasons ? reasons[parts[1]] : "not explained yet.")
    }
}

stage == 4 && /^\{\{table / { split($0, pair, /[ }]+/); table(pair[2]); next }
stage == 4 && /^\{\{misses\}\}/ { miss_list(); next }
stage == 4 {
    while (match($0, /\{\{[^}]*\}\}/)) {
        split(substr($0, RSTART + 2, RLENGTH - 4), pair, " ")
        text = pair[1] == "text" ? ENVIRON["BENCH_" pair[2]] : shown(value_of(pair[2]), pair[3])
        $0 = substr($0, 1, RSTART - 1) text substr($0, RSTART + RLENGTH)
    }
    print
}

END {
    if (page) exit
    format = "%-10s %-52s %-20s %-14s %-44s %8s %s\n"
    printf format, "", "what", "target", "measured", "beside", "ratio", ""
    for (i = 1; i <= all; i++) {
        split(order[i], parts, SUBSEP)
        printf format, parts[2] == 1 ? parts[1] : "", what[order[i]], wanted[order[i]], measured[order[i]],
            beside[order[i]], times[order[i]], toupper(came[order[i]]) == "MISSED" ? "MISSED" : came[order[i]]
    }
    printf "%d met, %d missed, %d not measured\n", counted["met"], counted["missed"], counted["not measured"]
}
