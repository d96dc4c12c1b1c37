package dev.sluice.benchmarks.budget;

import dev.sluice.common.token.TokenCounter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/**
 * The same requests for every subject: seven in ten are short, about 100 tokens, three are long, up
 * to 1.3 % of a minute's tokens. They arrive at random (Poisson), more than the limit allows, from
 * many users. What is charged is set by {@code max_output_tokens}; what is streamed back is short,
 * so that the machine has little to do and the limit is what binds. Not thread-safe.
 */
final class Workload {
  /** Of the limit; the rest piles up, or is lost where clients give up. */
  static final double OFFERED = 1.25;

  private static final long SEED = 20_261_124;
  private static final int USERS = 997;
  private static final double LONG = 0.3;
  private static final int SHORT_FROM = 60;
  private static final int SHORT_TO = 140;
  private static final int LONG_FROM = 200;
  private static final int LONG_TO = 400;
  private static final double MEAN =
      (1 - LONG) * (SHORT_FROM + SHORT_TO) / 2 + LONG * (LONG_FROM + LONG_TO) / 2;

  private final Account account;
  private final String prefix;
  private final double requestsPerMinute;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final TokenCounter counter = new TokenCounter();
  private int asked;

  /**
   * @param prefix of the requests' ids
   * @param requestsPerMinute of the provider's time
   */
  private Workload(Account account, String prefix, double requestsPerMinute) {
    this.account = account;
    this.prefix = prefix;
    this.requestsPerMinute = requestsPerMinute;
  }

  /** More than the account allows. */
  static Workload saturating(Account account, String prefix) {
    return new Workload(account, prefix, OFFERED * account.tpm() / MEAN);
  }

  /**
   * @param rate requests a second of ours
   */
  static Workload light(Account account, String prefix, double rate) {
    return new Workload(account, prefix, rate * account.minute().toNanos() / 1e9);
  }

  /** What has piled up before: a minute's worth of tokens. */
  List<Question> backlog() {
    var backlog = new ArrayList<Question>();
    for (long tokens = 0; tokens < account.tpm(); ) {
      var next = next();
      backlog.add(next);
      tokens += next.tokens().charge();
    }
    return backlog;
  }

  /** Until the next request arrives. */
  Duration pause() {
    double minutes = -Math.log(1 - random.nextDouble()) / requestsPerMinute;
    return Duration.ofNanos((long) (minutes * account.minute().toNanos()));
  }

  Question next() {
    asked++;
    int tokens =
        random.nextDouble() < LONG
            ? random.nextInt(LONG_FROM, LONG_TO + 1)
            : random.nextInt(SHORT_FROM, SHORT_TO + 1);
    var json =
        JsonMapper.shared()
            .createObjectNode()
            .put("model", account.model())
            .put("input", "What does tide number %d bring? [[tokens=4]]".formatted(asked))
            .put("max_output_tokens", tokens);
    return new Question(
        prefix + asked,
        "user-" + random.nextInt(USERS),
        counter.count(account.model(), json),
        json.toString());
  }
}
