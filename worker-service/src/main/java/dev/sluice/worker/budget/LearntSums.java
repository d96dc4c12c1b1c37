package dev.sluice.worker.budget;

/**
 * What answers of one model have told, added up.
 *
 * @param counted input tokens that we counted
 * @param told input tokens that the provider counted of the same
 * @param answers how many told so
 * @param surcharge tokens that were reserved beyond the provider's rule
 * @param charged of them
 * @param charges how many requests told so
 */
record LearntSums(
    long counted, long told, long answers, long surcharge, long charged, long charges) {
  static final LearntSums NONE = new LearntSums(0, 0, 0, 0, 0, 0);

  // Imaginary samples that say nothing is off: a first odd one must not decide alone.
  private static final int IMAGINARY = 4;

  LearntSums withAnswer(long ours, long theirs) {
    return plus(new LearntSums(ours, theirs, 1, 0, 0, 0));
  }

  LearntSums withCharge(long reserved, long ofIt) {
    return plus(new LearntSums(0, 0, 0, reserved, ofIt, 1));
  }

  LearntSums plus(LearntSums other) {
    return new LearntSums(
        counted + other.counted,
        told + other.told,
        answers + other.answers,
        surcharge + other.surcharge,
        charged + other.charged,
        charges + other.charges);
  }

  LearntSums minus(LearntSums other) {
    return new LearntSums(
        counted - other.counted,
        told - other.told,
        answers - other.answers,
        surcharge - other.surcharge,
        charged - other.charged,
        charges - other.charges);
  }

  /** By what our count of the input is to be multiplied. */
  double inputCorrection() {
    return ratio(told, counted, answers);
  }

  /** How much of the surcharge the provider charges, from 0 to 1. */
  double surchargeShare() {
    return Math.min(1, ratio(charged, surcharge, charges));
  }

  private static double ratio(long theirs, long ours, long samples) {
    if (samples <= 0 || ours <= 0) return 1;
    double imaginary = (double) IMAGINARY / samples * ours;
    return (theirs + imaginary) / (ours + imaginary);
  }
}
