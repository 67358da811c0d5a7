#include "cli/interrupt.hpp"

namespace tfqkd::cli {

namespace {

volatile std::sig_atomic_t noted = 0;

void note(int) { noted = 1; }

// A signal that the caller had ignored (as nohup does) stays ignored.
void watch(int signal, struct sigaction& old) {
    struct sigaction action {};
    action.sa_handler = note;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    sigaction(signal, nullptr, &old);
    if (old.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupts::Interrupts() {
    noted = 0;
    watch(SIGINT, old_interrupt_);
    watch(SIGTERM, old_terminate_);
}

Interrupts::~Interrupts() {
    sigaction(SIGINT, &old_interrupt_, nullptr);
    sigaction(SIGTERM, &old_terminate_, nullptr);
}

bool Interrupts::any() const { return noted != 0; }

}  // namespace tfqkd::cli
