package dev.sluice.simulator;

import dev.sluice.simulator.audit.AuditTicket;
import dev.sluice.simulator.audit.Outcome;
import dev.sluice.simulator.fault.FaultPlan.Drawn;
import dev.sluice.simulator.limit.Grant;
import dev.sluice.simulator.limit.Verdict;
import dev.sluice.simulator.limit.Verdict.Admitted;
import dev.sluice.simulator.limit.Verdict.Refused;
import dev.sluice.simulator.limit.Verdict.TooLarge;
import dev.sluice.simulator.wire.Endpoint;
import dev.sluice.simulator.wire.ErrorTexts;
import dev.sluice.simulator.wire.ModelRequest;
import dev.sluice.simulator.wire.RejectedRequest;
import dev.sluice.simulator.wire.RequestReader;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One request to a model, from its bytes to its answer. Read this first. */
final class ModelApi {
  private final Provider provider;
  private final RequestReader reader;

  ModelApi(Provider provider, RequestReader reader) {
    this.provider = provider;
    this.reader = reader;
  }

  void handle(Endpoint endpoint, Call call) throws IOException {
    var body = call.body(); // first, so that a refusal leaves a connection that can be used again
    var ticket = provider.audit().open(endpoint.path(), call.header("X-Client-Request-Id"));
    try {
      Authorization.check(call);
      Authorization.checkClientRequestId(call);
      var json = reader.parse(body);
      var model = reader.model(json);
      ticket.asks(model);
      var pool =
          provider
              .limits()
              .pool(model)
              .orElseThrow(() -> new RejectedRequest(ErrorTexts.unknownModel(model)));
      var admitted = admit(endpoint, model, pool, json, call, ticket);
      call.levels(admitted.verdict.levels());
      answer(admitted, call, ticket);
    } catch (RejectedRequest refused) {
      var error = refused.error();
      ticket.answers(error.status());
      ticket.end(Outcome.REFUSED, error.code());
      call.reply(error);
    }
  }

  private AdmittedRequest admit(
      Endpoint endpoint,
      String model,
      String pool,
      ObjectNode json,
      Call call,
      AuditTicket ticket) {
    try {
      var request = reader.read(endpoint, model, json);
      checkContext(request, pool);
      var fault = provider.faults().draw(model, request.prompt().text());
      rejectOnDemand(fault, request, pool);
      var verdict = provider.limits().admit(pool, request.charge(), provider.ticker().now());
      return admitted(request, verdict, fault.orElse(null), ticket);
    } catch (RejectedRequest unsuccessful) {
      var now = provider.ticker().now();
      provider.limits().countUnsuccessful(pool, now);
      call.levels(provider.limits().levels(pool, now));
      throw unsuccessful;
    }
  }

  private void checkContext(ModelRequest request, String pool) {
    var context = provider.limits().context(pool);
    var input = request.prompt().inputTokens();
    if (input > context) {
      throw new RejectedRequest(ErrorTexts.contextLength(request.endpoint(), context, input));
    }
  }

  private void rejectOnDemand(Optional<Drawn> drawn, ModelRequest request, String pool) {
    if (drawn.isPresent() && drawn.get().fault().kind().isRefusal()) {
      var context = provider.limits().context(pool);
      throw new RejectedRequest(FaultErrors.of(drawn.get().fault(), request, context));
    }
  }

  private AdmittedRequest admitted(
      ModelRequest request, Verdict verdict, @Nullable Drawn drawn, AuditTicket ticket) {
    if (drawn != null && !(verdict instanceof Admitted)) {
      provider.faults().giveBack(drawn); // it is meant for a request that gets through
    }
    return switch (verdict) {
      case Refused refused ->
          throw new RejectedRequest(RateLimitErrors.of(refused, request.model()));
      case TooLarge tooLarge ->
          throw new RejectedRequest(RateLimitErrors.of(tooLarge, request.model()));
      case Admitted admitted -> {
        // The cache is read by admitted requests alone, like the model behind it.
        var input = request.prompt().inputTokens();
        var cached = provider.promptCache().read(request.model(), request.prompt());
        ticket.admitted(request.serviceTier(), input, cached, admitted.grant().tokens());
        yield new AdmittedRequest(request, admitted, cached, drawn);
      }
    };
  }

  private void answer(AdmittedRequest admitted, Call call, AuditTicket ticket) throws IOException {
    var fault = admitted.drawn == null ? null : admitted.drawn.fault();
    var speech = new Speech(provider, admitted.request, admitted.cached, fault, call, ticket);
    try {
      speech.run();
    } finally {
      settle(admitted.verdict.grant(), speech.billedTokens());
    }
  }

  private void settle(Grant grant, long tokens) {
    provider.limits().complete(grant, tokens, provider.ticker().now());
  }

  private record AdmittedRequest(
      ModelRequest request, Admitted verdict, long cached, @Nullable Drawn drawn) {}
}
