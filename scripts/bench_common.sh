# shellcheck shell=bash disable=SC2154
# Shared by the bench_*.sh scripts; sourced, not run. Expects $build, the folder with the programs, and, for
# write_report, $file and a function `report`.

# What a table of times needs beside it: the processor, the cores, the register, and how busy the machine was.
machine() {
    local model width
    model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
    width=$("$build/tfqkd" --version --format json | sed -n 's/.*"pack_width": \([0-9]*\).*/\1/p')
    printf 'CPU: %s, %s cores; %s doubles a register; load average at the start: %s.\n' \
        "${model:-unknown}" "$(env -u OMP_NUM_THREADS nproc)" "$width" "$(cut -d ' ' -f 1 /proc/loadavg)"
}

# shown COMMAND...: runs it, below a heading line with the command as one would type it.
shown() {
    printf '\n    %s\n\n' "$(basename "$1") ${*:2}"
    "$@"
}

# The whole report into $file, which is left as it was when something fails; - is standard output.
write_report() {
    if [[ $file == - ]]; then
        report
        return
    fi
    mkdir -p "$(dirname "$file")"
    report > "$file.partial"
    mv "$file.partial" "$file"
    echo "wrote $file"
}
