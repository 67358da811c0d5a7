#!/usr/bin/env bash
# Draws the figure of README.md: optimised key rates against distance, with the repeaterless bounds.
#   scripts/figures.sh [PROGRAM]      writes data/figures/rates.csv and rates.svg
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tfqkd=${1:-build/tfqkd}
mkdir -p data/figures

protocols=(sns-finite aopp-finite cal-finite plob repeater)
flags=()
for protocol in "${protocols[@]}"; do flags+=(--protocol "$protocol"); done
"$tfqkd" compare "${flags[@]}" --long --sweep distance_km=0:500:5 --detector-efficiency 0.5 --pulses 1e13 \
    --format csv -o data/figures/rates.csv --force

gnuplot <<'GNUPLOT'
set terminal svg size 820,520 font "sans-serif,14" background "white"
set output "data/figures/rates.svg"
set datafile separator ","
set datafile commentschars "#"
set logscale y
set format y "10^{%T}"
set xrange [0:500]
set yrange [1e-10:1]
set xlabel "distance Alice - Bob [km], 0.2 dB/km"
set ylabel "key rate [bit per time window]"
set key bottom left spacing 1.1
set grid lc rgb "#dddddd"
rate(name) = sprintf("< grep -v '^#' data/figures/rates.csv | awk -F, 'NR==1{for(i=1;i<=NF;i++)c[$i]=i;next} $c[\"protocol\"]==\"%s\" && $c[\"rate_bit_per_pulse\"]>0 {print $c[\"distance_km\"] \",\" $c[\"rate_bit_per_pulse\"]}'", name)
plot rate("plob") using 1:2 with lines lw 2 dt 2 lc rgb "#000000" title "PLOB bound", \
     rate("repeater") using 1:2 with lines lw 2 dt 3 lc rgb "#000000" title "single-repeater bound", \
     rate("aopp-finite") using 1:2 with lines lw 2.5 lc rgb "#0072b2" title "aopp-finite", \
     rate("sns-finite") using 1:2 with lines lw 2.5 lc rgb "#56b4e9" title "sns-finite", \
     rate("cal-finite") using 1:2 with lines lw 2.5 lc rgb "#d55e00" title "cal-finite"
GNUPLOT
echo "data/figures/rates.csv, data/figures/rates.svg"
