#include "optimize/lockstep.hpp"

#include <atomic>

#include "tfqkd/math/parallel.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index slot_count =
    64;  // climbs that are evaluated together: a few registers, within the L1 cache

// A fixed number of climbs side by side. A climb that ends makes room for the next one that no thread has
// taken yet, so that registers stay full until there are no more.
class Lockstep {
  public:
    Lockstep(const Protocol& protocol, const Columns& all_links, bool slopes, std::size_t climbs_a_row,
             const std::function<Climb(std::size_t, std::size_t)>& start, std::atomic<std::size_t>& next)
        : protocol_(protocol),
          all_links_(all_links),
          with_slopes_(slopes),
          climbs_a_row_(climbs_a_row),
          start_(start),
          next_(next),
          links_(slot_count, all_links.cols()),
          points_(slot_count, static_cast<Eigen::Index>(protocol.info().parameters.size())),
          slopes_(slot_count, points_.cols()),
          scores_(slot_count) {
        climbs_.reserve(slot_count);
    }

    void run() {
        while (fill()) {
            evaluate();
            for (std::size_t slot = climbs_.size(); slot-- > 0;)
                if (!advance(slot)) close(slot);
        }
    }

  private:
    // Takes up rows while there are free slots; false when nothing is left to do.
    bool fill() {
        const std::size_t last = static_cast<std::size_t>(all_links_.rows()) * climbs_a_row_;
        while (climbs_.size() < static_cast<std::size_t>(slot_count)) {
            const std::size_t taken = next_.fetch_add(1);
            if (taken >= last) break;
            const std::size_t row = taken / climbs_a_row_;
            Climb climb = start_(row, taken % climbs_a_row_);
            if (!climb.resume()) continue;
            links_.row(static_cast<Eigen::Index>(climbs_.size())) =
                all_links_.row(static_cast<Eigen::Index>(row));
            climbs_.push_back(std::move(climb));
        }
        return !climbs_.empty();
    }

    void evaluate() {
        const auto rows = static_cast<Eigen::Index>(climbs_.size()), parameters = points_.cols();
        for (Eigen::Index slot = 0; slot < rows; ++slot) {
            const double* trial = climbs_[static_cast<std::size_t>(slot)].promise().trial.data();
            for (Eigen::Index k = 0; k < parameters; ++k) points_(slot, k) = trial[k];
        }
        if (with_slopes_)
            protocol_.slopes(links_.topRows(rows), points_.topRows(rows), Measure::score, scores_.head(rows),
                             slopes_.topRows(rows));
        else
            protocol_.rates(links_.topRows(rows), points_.topRows(rows), Measure::score, scores_.head(rows));
    }

    bool advance(std::size_t slot) {
        Climb& climb = climbs_[slot];
        climb.promise().score = scores_(static_cast<Eigen::Index>(slot));
        if (with_slopes_) {
            climb.promise().slopes.resize(static_cast<std::size_t>(slopes_.cols()));
            for (Eigen::Index k = 0; k < slopes_.cols(); ++k)
                climb.promise().slopes[static_cast<std::size_t>(k)] =
                    slopes_(static_cast<Eigen::Index>(slot), k);
        }
        return climb.resume();
    }

    // Moves the last climb, which has been advanced already, into the place of one that ended.
    void close(std::size_t slot) {
        if (slot + 1 < climbs_.size()) {
            climbs_[slot] = std::move(climbs_.back());
            links_.row(static_cast<Eigen::Index>(slot)) =
                links_.row(static_cast<Eigen::Index>(climbs_.size() - 1));
        }
        climbs_.pop_back();
    }

    const Protocol& protocol_;
    const Columns& all_links_;
    const bool with_slopes_;
    const std::size_t climbs_a_row_;
    const std::function<Climb(std::size_t, std::size_t)>& start_;
    std::atomic<std::size_t>& next_;  // the first climb that is not taken
    std::vector<Climb> climbs_;
    Columns links_, points_, slopes_;
    Eigen::ArrayXd scores_;
};

}  // namespace

void climb_in_lockstep(const Protocol& protocol, const Columns& links, bool slopes, int threads,
                       std::size_t climbs_a_row,
                       const std::function<Climb(std::size_t row, std::size_t k)>& start) {
    const std::size_t climbs = static_cast<std::size_t>(links.rows()) * climbs_a_row;
    const std::size_t registers = (climbs + slot_count - 1) / slot_count;
    std::atomic<std::size_t> next{0};
    parallel_for(std::min(registers, static_cast<std::size_t>(std::max(threads, 1))), threads,
                 [&](std::size_t) { Lockstep(protocol, links, slopes, climbs_a_row, start, next).run(); });
}

}  // namespace tfqkd
