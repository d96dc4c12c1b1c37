package dev.sluice.api.spend;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.spend.SpendAccount;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What requests will probably cost, in units of an account. Thread-safe. */
final class Estimates {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String DEFAULT_TIER = "default";

  private final SpendLedger ledger;
  private final long usualOutput;
  private final InstantSource clock;
  private final SingleFlight<Boolean, PriceList> readings = new SingleFlight<>();
  private volatile @Nullable PriceList prices;

  /**
   * @param usualOutput tokens that a model puts out of which nothing is known
   */
  Estimates(SpendLedger ledger, long usualOutput, InstantSource clock) {
    this.ledger = ledger;
    this.usualOutput = usualOutput;
    this.clock = clock;
  }

  /** By what the request says of itself. Blocks for Postgres while prices are not known. */
  String of(RequestEnvelope request) {
    var body = JSON.readTree(request.body());
    var tier = body.path("service_tier").asString(DEFAULT_TIER);
    return SpendAccount.units(
        prices()
            .estimate(
                request.model(),
                tier.equals("auto") ? DEFAULT_TIER : tier,
                request.inputTokens(),
                body.path("max_output_tokens").asLong(0),
                request.acceptedAt()));
  }

  /** By what the ledger knows of a call under way. */
  String of(SpendLedger.Open open) {
    return SpendAccount.units(
        prices().estimate(open.model(), DEFAULT_TIER, open.inputTokens(), 0, clock.instant()));
  }

  /** They are read once a minute; who needs them before the first time reads them. */
  private PriceList prices() {
    var known = prices;
    return known == null
        ? Answers.ofPostgres(() -> readings.run(Boolean.TRUE, this::refresh, Answers.WITHIN))
        : known;
  }

  /** Reads the prices anew. Blocks for Postgres. */
  PriceList refresh() {
    var read = ledger.prices(usualOutput, clock.instant());
    prices = read;
    return read;
  }
}
