#include "tfqkd/dataset/shard.hpp"

#include <cstdlib>
#include <map>

#include "catch.hpp"
#include "tfqkd/error.hpp"

using namespace tfqkd;

namespace {

// The environment as a task of some scheduler sees it, for the time being.
class Environment {
  public:
    explicit Environment(const std::map<std::string, std::string>& variables) {
        for (const char* name :
             {"TFQKD_SHARD", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX",
              "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_COUNT", "SGE_TASK_ID", "SGE_TASK_FIRST",
              "SGE_TASK_LAST", "SGE_TASK_STEPSIZE", "PBS_ARRAY_INDEX", "PBS_ARRAYID", "OMPI_COMM_WORLD_RANK",
              "OMPI_COMM_WORLD_SIZE"}) {
            if (const char* text = std::getenv(name)) before_[name] = text;
            ::unsetenv(name);
        }
        for (const auto& [name, value] : variables) {
            ::setenv(name.c_str(), value.c_str(), 1);
            set_.push_back(name);
        }
    }
    ~Environment() {
        for (const std::string& name : set_) ::unsetenv(name.c_str());
        for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
    }

  private:
    std::map<std::string, std::string> before_;
    std::vector<std::string> set_;
};

std::string refusal(const std::string& text) {
    try {
        return "taken as " + parse_shard(text).text();
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.what();
    }
}

std::string automatic(const std::map<std::string, std::string>& variables) {
    const Environment environment(variables);
    return refusal("auto");
}

std::map<std::string, std::string> slurm(const std::string& id, const std::string& min,
                                         const std::string& max, const std::string& count,
                                         const std::string& step) {
    return {{"SLURM_ARRAY_TASK_ID", id},
            {"SLURM_ARRAY_TASK_MIN", min},
            {"SLURM_ARRAY_TASK_MAX", max},
            {"SLURM_ARRAY_TASK_COUNT", count},
            {"SLURM_ARRAY_TASK_STEP", step}};
}

}  // namespace

TEST_CASE("a shard is K/N, counted from 1", "[shard]") {
    CHECK(parse_shard("2/7") == Shard{2, 7});
    CHECK(parse_shard("1/1").whole());
    CHECK_THAT(refusal("0/4"), contains_text("counted from 1, so the first one is 1/4"));
    CHECK_THAT(refusal("5/4"), contains_text("the last one is 4/4"));
    CHECK_THAT(refusal("1/0"), contains_text("must be from 1 to 1000000"));
    CHECK_THAT(refusal("1/1000001"), contains_text("must be from 1 to 1000000"));
    for (const char* text : {"", "3", "/", "1/", "/4", "a/b", "-1/4", "1/4/2", "1.5/4", " 1/4", "Auto"})
        CHECK_THAT(refusal(text), contains_text("must be K/N such as 2/7"));
}

TEST_CASE("shards share all items out, whatever was done before", "[shard]") {
    for (const std::uint64_t rows : {0u, 1u, 2u, 10u, 100u})
        for (const std::uint64_t of : {1u, 3u, 7u, 200u}) {
            std::uint64_t all = 0;
            for (std::uint64_t number = 1; number <= of; ++number) {
                const std::uint64_t mine = items_of({number, of}).below(rows);
                all += mine;
                for (std::uint64_t done = 0; done <= mine; ++done)
                    CHECK(items_of({number, of}, done).below(rows) == mine - done);
            }
            CHECK(all == rows);
        }
}

TEST_CASE("a scheduler's array says which shard a task is", "[shard]") {
    CHECK(automatic({{"TFQKD_SHARD", "2/5"}, {"SLURM_ARRAY_TASK_ID", "1"}}) == "taken as 2/5");
    CHECK(automatic(slurm("0", "0", "3", "4", "1")) == "taken as 1/4");
    CHECK(automatic(slurm("7", "1", "9", "5", "2")) == "taken as 4/5");
    CHECK(automatic({{"SGE_TASK_ID", "3"}, {"SGE_TASK_FIRST", "1"}, {"SGE_TASK_LAST", "8"}}) ==
          "taken as 3/8");
    CHECK(automatic({{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "3"}}) == "taken as 1/3");
    CHECK(automatic(
              {{"SGE_TASK_ID", "undefined"}, {"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "3"}}) ==
          "taken as 2/3");
}

TEST_CASE("what may be a part of something larger is never taken as the whole", "[shard]") {
    CHECK_THAT(automatic({}), contains_text("give K/N"));
    CHECK_THAT(automatic(slurm("4", "4", "4", "1", "1")),
               contains_text("handed in again; set TFQKD_SHARD=K/N"));
    CHECK_THAT(automatic(slurm("7", "1", "7", "3", "1")), contains_text("has gaps"));
    CHECK_THAT(automatic(slurm("12", "1", "9", "9", "1")), contains_text("from 1 to 9"));
    CHECK_THAT(automatic(slurm("2", "1", "9", "5", "2")), contains_text("steps of 2"));
    CHECK_THAT(automatic({{"SLURM_ARRAY_TASK_ID", "2"}}), contains_text("does not say here how many"));
    CHECK_THAT(automatic({{"PBS_ARRAY_INDEX", "2"}}), contains_text("set TFQKD_SHARD=K/N"));
    CHECK_THAT(automatic({{"TFQKD_SHARD", "0/5"}}), contains_text("TFQKD_SHARD = '0/5'"));
}
