package dev.sluice.simulator;

import dev.sluice.simulator.billing.BucketQuery;
import dev.sluice.simulator.billing.Invoice;
import dev.sluice.simulator.billing.PriceTable;
import dev.sluice.simulator.wire.ApiError;
import dev.sluice.simulator.wire.ErrorTexts;
import dev.sluice.simulator.wire.RejectedRequest;
import java.io.IOException;

/** What the organisation used and owes: the Usage API for completions, and the Costs API. */
final class OrganizationApi {
  private static final String USAGE = "/v1/organization/usage/completions";
  private static final String COSTS = "/v1/organization/costs";

  private final Provider provider;
  private final PriceTable prices = PriceTable.load();

  OrganizationApi(Provider provider) {
    this.provider = provider;
  }

  /** Whether the path is one of these; then it has been answered. */
  boolean handle(Call call) throws IOException {
    switch (call.path()) {
      case USAGE -> call.json(invoice().usage(query(BucketQuery.Endpoint.USAGE, call)).toString());
      case COSTS -> call.json(invoice().costs(query(BucketQuery.Endpoint.COSTS, call)).toString());
      default -> {
        return false;
      }
    }
    return true;
  }

  private Invoice invoice() {
    return new Invoice(provider.audit().entries(), prices);
  }

  private BucketQuery query(BucketQuery.Endpoint endpoint, Call call) {
    Authorization.checkAdmin(call);
    if (!call.method().equals("GET")) {
      throw new RejectedRequest(ErrorTexts.wrongMethod(call.method(), call.path()));
    }
    try {
      var now = provider.ticker().dates().instant().getEpochSecond();
      return BucketQuery.of(endpoint, call.query(), now);
    } catch (IllegalArgumentException wrong) {
      throw new RejectedRequest(
          ApiError.invalidRequest(400, null, String.valueOf(wrong.getMessage()), null));
    }
  }
}
