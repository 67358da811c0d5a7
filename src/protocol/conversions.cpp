#include "tfqkd/protocol/conversions.hpp"

namespace tfqkd {

const std::vector<Conversion>& conversions() {
    static const std::vector<Conversion> all = {
        {"loss_a_db, loss_b_db", "fibre length and attenuation",
         "loss = distance_km x attenuation_db_per_km; distance_km and loss_db are of the whole link, half of "
         "it on each arm",
         "the program converts these itself"},
        {"loss_a_db, loss_b_db, detector_efficiency", "loss that includes the detection efficiency eta_d",
         "either take loss - 10 log10(1/eta_d) as loss and eta_d as detector_efficiency, or the loss as it "
         "is "
         "and detector_efficiency = 1; 'overall loss' is of both arms, each with its detection efficiency",
         "both ways give the same rate of every protocol; the bounds plob and repeater take the loss without "
         "the detector unless detector=with, so they change"},
        {"detector_efficiency, dark_count_probability", "two detectors that differ", "take the mean of both",
         "the formulas have one value"},
        {"dark_count_probability", "counts per second and detector, dark and background",
         "1 - exp(-counts x window), nearly counts x window in seconds",
         "per detector and time window; a figure for both detectors together is twice this"},
        {"misalignment", "e_d, a share of clicks at the wrong detector", "as it is",
         "SNS and AOPP: swaps clicks of X windows. CAL, NPP: e_pol, see below. PM: as its option "
         "link_misalignment says. The original curve: adds to errors"},
        {"misalignment", "angle theta between the users' polarisations",
         "misalignment = sin^2(theta/2), so cos theta = 1 - 2 misalignment",
         "alone, 0.02 gives a bit error of 2 %. Polarisers turned by +theta_A and -theta_A: theta = 2 "
         "theta_A"},
        {"phase_mismatch", "constant phase difference phi between the arms", "phase_mismatch = phi/pi",
         "CAL, NPP (key rounds) and PM with model=exact. Alone it gives a bit error of sin^2(phi/2): 0.02 is "
         "0.10 %, 0.091 is 2.03 %. SNS and AOPP measure it and subtract it"},
        {"misalignment", "misalignment and phase mismatch in one figure e",
         "errors a and b join as a + b - 2ab; e may go to misalignment with phase_mismatch = 0",
         "the same bit error; in CAL misalignment also lowers the visibility of decoys, phase_mismatch does "
         "not"},
        {"misalignment", "measured error rate of X windows (SNS, AOPP)",
         "subtract what the width of the phase slice gives, (1 - sin(D/2)/(D/2))/2 for full width D, and "
         "dark counts; 0.35 rad gives 0.26 %, 1 rad 2.1 %",
         "the formulas add both, so that the measured rate over-estimates misalignment"},
        {"intensities", "sum of both users' intensities",
         "SNS, AOPP, CAL, NPP: half of it for each user; PM: as it is",
         "all of them at the source, before any loss"},
        {"pulses", "duration at a pulse rate",
         "pulses = quantum windows per second x seconds; a pulse of each user in one window counts once",
         "rates in bit/s are bit per window x quantum windows per second, without reference pulses"},
    };
    return all;
}

}  // namespace tfqkd
