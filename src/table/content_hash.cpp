#include "tfqkd/table/content_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <memory>

#include "tfqkd/table/text_file.hpp"

namespace tfqkd {
namespace {

std::string hexadecimal(XXH128_hash_t hash) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint64_t half : {hash.high64, hash.low64})
        for (int shift = 60; shift >= 0; shift -= 4) text += digits[(half >> shift) & 15];
    return text;
}

}  // namespace

std::string hash_text(std::string_view text) { return hexadecimal(XXH3_128bits(text.data(), text.size())); }

HashedFile hash_file(const std::string& path) {
    const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                                &XXH3_freeState);
    XXH3_128bits_reset(state.get());
    std::uint64_t bytes = 0;
    read_file_in_parts(path, 0, [&](std::string_view part) {
        XXH3_128bits_update(state.get(), part.data(), part.size());
        bytes += part.size();
        return true;
    });
    return {hexadecimal(XXH3_128bits_digest(state.get())), bytes};
}

}  // namespace tfqkd
