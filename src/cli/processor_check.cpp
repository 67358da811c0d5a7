#include <unistd.h>

#include <cstring>
#include <initializer_list>

// Says what is wrong instead of dying of an illegal instruction, on a processor without the registers that
// this program was built for. Runs before anything else, and is itself built for every processor.
#if defined(__x86_64__) && defined(__GNUC__)
namespace {

#define FOR_EVERY_PROCESSOR [[gnu::target("arch=x86-64")]]

FOR_EVERY_PROCESSOR void stop(const char* lacking) {
    for (const char* part :
         {"tfqkd: this processor has no ", lacking,
          ", which this program was built for; build it on this machine, with scripts/quickstart.sh\n"})
        if (write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
    _exit(4);
}

FOR_EVERY_PROCESSOR [[gnu::constructor(101)]] void check_processor() {
    __builtin_cpu_init();
#ifdef __AVX512F__
    if (!__builtin_cpu_supports("avx512f")) stop("AVX-512");
#endif
#ifdef __AVX2__
    if (!__builtin_cpu_supports("avx2")) stop("AVX2");
#endif
#ifdef __FMA__
    if (!__builtin_cpu_supports("fma")) stop("FMA");
#endif
}

}  // namespace
#endif
