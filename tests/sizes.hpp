#pragma once

// Sanitizers make programs ten times slower, so tests that go through many cases take fewer then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

template <class T>
constexpr T cases(T usual, T when_sanitized) {
    return sanitized ? when_sanitized : usual;
}
