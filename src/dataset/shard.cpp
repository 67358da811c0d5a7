#include "tfqkd/dataset/shard.hpp"

#include <cstdlib>
#include <optional>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

constexpr std::uint64_t most_shards = 1'000'000;

std::optional<std::uint64_t> count_from(const char* variable) {
    const char* text = std::getenv(variable);
    return text ? parse_count(text) : std::nullopt;
}

Shard read_shard(std::string_view text, const std::string& who) {
    const auto refuse = [&](const std::string& why) {
        return Error(ErrorKind::usage, who + " = " + in_quotes(text) + why);
    };
    const std::size_t slash = text.find('/');
    const auto number = parse_count(text.substr(0, slash));
    const auto of = slash == std::string_view::npos ? std::nullopt : parse_count(text.substr(slash + 1));
    if (!number || !of) throw refuse(", must be K/N such as 2/7, or auto");
    if (*number == 0)
        throw refuse(": shards are counted from 1, so the first one is 1/" + std::to_string(*of));
    if (*of == 0 || *of > most_shards)
        throw refuse(": the number of shards must be from 1 to " + std::to_string(most_shards));
    if (*number > *of)
        throw refuse(": there is no such shard; the last one is " + std::to_string(*of) + "/" +
                     std::to_string(*of));
    return {*number, *of};
}

// How a scheduler tells a task its number and the numbers of the first and the last one.
struct Scheduler {
    const char *name, *task, *first, *last, *step, *count;
};

constexpr Scheduler schedulers[] = {
    {"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP",
     "SLURM_ARRAY_TASK_COUNT"},
    {"SGE", "SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE", nullptr},
    {"PBS", "PBS_ARRAY_INDEX", nullptr, nullptr, nullptr, nullptr},
    {"PBS", "PBS_ARRAYID", nullptr, nullptr, nullptr, nullptr},
};

// A task that was handed in again by itself looks like an array of its own, so an array with gaps or of one
// task is not taken as the whole.
Shard shard_of(const Scheduler& scheduler, std::uint64_t task) {
    const auto refuse = [&](const std::string& why) {
        return Error(ErrorKind::usage, std::string("--shard auto: ") + scheduler.task + " = " +
                                           std::to_string(task) + ", but " + why + "; set TFQKD_SHARD=K/N");
    };
    const auto from = [](const char* variable) { return variable ? count_from(variable) : std::nullopt; };
    const auto first = from(scheduler.first), last = from(scheduler.last), count = from(scheduler.count);
    const std::uint64_t step = from(scheduler.step).value_or(1);
    if (!first || !last)
        throw refuse(std::string(scheduler.name) + " does not say here how many tasks there are");
    if (step == 0 || task < *first || task > *last || (task - *first) % step != 0)
        throw refuse("its array goes from " + std::to_string(*first) + " to " + std::to_string(*last) +
                     " in steps of " + std::to_string(step));
    const std::uint64_t tasks = (*last - *first) / step + 1;
    if (count && *count != tasks) throw refuse("the array has gaps, so it is not the whole");
    if (tasks == 1) throw refuse("it is the only task, which may be one of many handed in again");
    return read_shard(std::to_string((task - *first) / step + 1) + "/" + std::to_string(tasks),
                      std::string("the shard from ") + scheduler.name);
}

Shard shard_from_environment() {
    const char* own = std::getenv("TFQKD_SHARD");
    if (own && *own && std::string_view(own) != "auto")
        return read_shard(own, "the environment variable TFQKD_SHARD");
    for (const Scheduler& scheduler : schedulers)
        if (const auto task = count_from(scheduler.task)) return shard_of(scheduler, *task);
    const auto rank = count_from("OMPI_COMM_WORLD_RANK"), size = count_from("OMPI_COMM_WORLD_SIZE");
    if (rank && size)
        return read_shard(std::to_string(*rank + 1) + "/" + std::to_string(*size), "the shard from OpenMPI");
    throw Error(ErrorKind::usage,
                "--shard auto: neither TFQKD_SHARD nor Slurm, SGE, PBS or OpenMPI says which shard this is; "
                "give K/N, such as --shard 2/7");
}

}  // namespace

std::string Shard::text() const { return std::to_string(number) + "/" + std::to_string(of); }

Shard parse_shard(std::string_view text) {
    return text == "auto" ? shard_from_environment() : read_shard(text, "--shard");
}

}  // namespace tfqkd
