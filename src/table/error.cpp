#include "tfqkd/error.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tfqkd {
namespace {

constexpr std::size_t longest_shown = 60;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Letters to insert, drop, change or swap with their neighbour to make one text of the other; case is
// ignored.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

// `typed` may stop early: a forgotten unit.
bool is_near(std::string_view typed, std::string_view candidate, std::size_t distance,
             std::size_t letters_a_mistake) {
    const bool begins = typed.size() >= 3 && candidate.starts_with(typed);
    return begins || distance <= (std::max(typed.size(), candidate.size()) + 1) / letters_a_mistake;
}

}  // namespace

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> candidates,
                         std::size_t letters_a_mistake) {
    if (typed.size() > 1000) return "";
    std::string_view best;
    std::size_t best_distance = static_cast<std::size_t>(-1);
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edit_distance(typed, candidate);
        if (distance >= best_distance || !is_near(typed, candidate, distance, letters_a_mistake)) continue;
        best = candidate;
        best_distance = distance;
    }
    return best.empty() ? "" : " (did you mean '" + std::string(best) + "'?)";
}

std::string in_quotes(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::size_t kept = std::min(text.size(), longest_shown);
    // A cut must not fall inside a UTF-8 character.
    while (kept < text.size() && kept > 0 && (static_cast<unsigned char>(text[kept]) & 0xC0) == 0x80) --kept;
    std::string shown = "'";
    for (const char c : text.substr(0, kept)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            shown += c;
        } else {
            shown += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return shown + (kept < text.size() ? "...'" : "'");
}

}  // namespace tfqkd
