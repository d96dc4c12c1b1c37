package dev.sluice.worker.model;

import static dev.sluice.worker.model.Failure.Reaction.RETRY;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.responses.ResponseCreateParams;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.message.TokenUsage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The provider, one attempt at a time. Thread-safe; a call blocks its virtual thread. */
public final class Model implements AutoCloseable {
  /*
   * openai-java makes the call, with its own retries off, since each attempt needs a reservation
   * and a ledger entry of its own. Its typed events are not used: the stream is read raw, so that
   * fields which this version of the SDK does not know reach the client, and nothing is encoded
   * anew. A call is ended from another thread through OkHttp's own cancel, which closes the
   * connection at once; the provider then stops generating, and charging.
   */
  private static final long LONGEST_WAIT_MS = Duration.ofDays(1).toMillis();

  private final Map<String, OpenAIClient> clients;
  private final RunningCall.Capture running;
  private final Watchdog watchdog;
  private final ModelProperties properties;
  // openai-java speaks Jackson 2, the rest of the system Jackson 3.
  private final ObjectMapper sdkJson = new ObjectMapper();
  private final JsonMapper json = new JsonMapper();

  /**
   * @param clients by pool: each calls with the pool's key
   */
  Model(
      Map<String, OpenAIClient> clients,
      RunningCall.Capture running,
      Watchdog watchdog,
      ModelProperties properties) {
    this.clients = clients;
    this.running = running;
    this.watchdog = watchdog;
    this.properties = properties;
  }

  /**
   * Makes one call and hands what the provider says to {@code listener}, in order, on this thread.
   */
  public CallOutcome call(
      String pool, RequestEnvelope request, int attempt, StopRequest stop, CallListener listener) {
    var call = new RunningCall();
    stop.onStop(call::cancel);
    var tally = new Tally(request.inputTokens(), call);
    try (var watch =
        watchdog.watch(properties.firstTokenTimeout(), properties.totalTimeout(), call::cancel)) {
      try (var response = running.during(call, () -> open(pool, request, attempt))) {
        tally.admitted = true;
        listener.rateLimits(rateLimits(response.headers()), true);
        return read(new EventStream(response.body()), tally, watch, listener);
      } catch (OpenAIServiceException refused) {
        listener.rateLimits(rateLimits(refused.headers()), false);
        return new CallOutcome.Failed(failure(refused), TokenUsage.NONE);
      } catch (OpenAIException | IOException broken) {
        if (stop.isStopped()) return new CallOutcome.Stopped(tally.usage());
        return new CallOutcome.Failed(broken(tally, watch), tally.usage());
      } catch (JacksonException nonsense) {
        return malformed(tally);
      }
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // the caller's try closes it
  private HttpResponse open(String pool, RequestEnvelope request, int attempt) {
    var params =
        ResponseCreateParams.builder()
            .additionalBodyProperties(body(request))
            .putAdditionalHeader("X-Client-Request-Id", request.id() + "/" + attempt)
            .build();
    return Objects.requireNonNull(clients.get(pool), pool)
        .responses()
        .withRawResponse()
        .createStreaming(params);
  }

  /** The caller's body, every field as it came. */
  private Map<String, JsonValue> body(RequestEnvelope request) {
    try {
      return sdkJson.readValue(request.body(), new TypeReference<>() {});
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("admitted body of " + request.id() + " is not JSON");
    }
  }

  private CallOutcome read(
      EventStream stream, Tally tally, Watchdog.Watch watch, CallListener listener)
      throws IOException {
    for (var event = stream.next(); event != null; event = stream.next()) {
      if (event.isDelta()) tally.deltas++;
      if (tally.deltas > 0) watch.extend(properties.betweenTokensTimeout());
      switch (event.type()) {
        case "response.completed", "response.incomplete" -> {
          return answered(event, tally);
        }
        case "response.failed", "error" -> {
          return failed(event, tally);
        }
        case "response.queued" -> {
          // Ours has been sent, when the request was enqueued.
        }
        default -> {
          var passedOn = event;
          watch.pauseWhile(() -> listener.event(passedOn)); // the reply log may take its time
        }
      }
    }
    return new CallOutcome.Failed(broken(tally, watch), tally.usage());
  }

  private CallOutcome answered(ProviderEvent terminal, Tally tally) {
    try {
      var response = json.readTree(terminal.json()).path("response");
      return new CallOutcome.Answered(
          terminal,
          usage(response.path("usage"), tally),
          response.path("model").asString(""),
          response.path("service_tier").asString("default"));
    } catch (JacksonException malformed) {
      return malformed(tally);
    }
  }

  private CallOutcome failed(ProviderEvent event, Tally tally) {
    try {
      var tree = json.readTree(event.json());
      var response = tree.path("response");
      var error = event.type().equals("error") ? errorOf(tree) : response.path("error");
      var failure =
          Taxonomy.event(error.path("code").asString(null), error.path("message").asString(null));
      return new CallOutcome.Failed(failure, usage(response.path("usage"), tally));
    } catch (JacksonException malformed) {
      return malformed(tally);
    }
  }

  /** The guide shows the fields at the top level, the WebSocket schema inside {@code error}. */
  private static JsonNode errorOf(JsonNode event) {
    return event.has("error") ? event.path("error") : event;
  }

  private static CallOutcome malformed(Tally tally) {
    return new CallOutcome.Failed(Failure.of(ErrorCode.PROVIDER_STREAM_CUT, RETRY), tally.usage());
  }

  /** A count that is missing is no zero: then ours stands in for it. */
  private static TokenUsage usage(JsonNode usage, Tally tally) {
    boolean told = usage.path("input_tokens").isNumber() && usage.path("output_tokens").isNumber();
    return told ? TokenUsage.told(usage) : tally.usage();
  }

  private static Failure broken(Tally tally, Watchdog.Watch watch) {
    if (watch.isLate()) return Failure.of(ErrorCode.PROVIDER_TIMEOUT, RETRY);
    return Failure.of(
        tally.admitted ? ErrorCode.PROVIDER_STREAM_CUT : ErrorCode.PROVIDER_UNAVAILABLE, RETRY);
  }

  private static Failure failure(OpenAIServiceException refused) {
    @Nullable String code = null;
    @Nullable String message = null;
    try {
      code = refused.code().orElse(null);
      message = message(refused);
    } catch (RuntimeException notOpenAis) {
      // A proxy's page rather than the provider's JSON; the status has to do
    }
    return Taxonomy.refusal(refused.statusCode(), code, message, retryAfter(refused.headers()));
  }

  private static @Nullable String message(OpenAIServiceException refused) {
    var body = refused.body().convert(com.fasterxml.jackson.databind.JsonNode.class);
    if (body == null) return null;
    var error = body.has("error") ? body.path("error") : body;
    return error.path("message").asText(null);
  }

  private static RateLimits rateLimits(Headers headers) {
    return RateLimits.of(name -> headers.values(name).stream().findFirst());
  }

  private static Duration retryAfter(Headers headers) {
    for (var value : headers.values("retry-after-ms")) return millis(value, 1);
    for (var value : headers.values("retry-after")) return millis(value, 1000);
    return Duration.ZERO;
  }

  private static Duration millis(String value, int factor) {
    try {
      long ms = (long) (Double.parseDouble(value) * factor);
      return Duration.ofMillis(Math.clamp(ms, 0, LONGEST_WAIT_MS));
    } catch (NumberFormatException date) {
      return Duration.ZERO; // an HTTP date; the provider sends seconds
    }
  }

  @Override
  public void close() {
    watchdog.close();
    clients.values().forEach(OpenAIClient::close);
  }

  /** What has come so far, in case the provider never says. Confined to one call. */
  private static final class Tally {
    private final long inputTokens;
    private final RunningCall call;
    private boolean admitted;
    private long deltas;

    Tally(long inputTokens, RunningCall call) {
      this.inputTokens = inputTokens;
      this.call = call;
    }

    /**
     * A delta is a token or little more; that is as good as it gets without the provider's word. A
     * request that has left is charged for, for all we know, even if no answer ever began.
     */
    TokenUsage usage() {
      return call.isSent() ? TokenUsage.estimated(inputTokens, deltas) : TokenUsage.NONE;
    }
  }
}
