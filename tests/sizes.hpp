#pragma once

// Sanitizers make programs ten times slower, so tests that go through many cases take fewer then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // GCC
constexpr bool sanitized = true;
#elif defined(__has_feature)  // Clang
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

template <class T>
constexpr T cases(T usual, T when_sanitized) {
    return sanitized ? when_sanitized : usual;
}
