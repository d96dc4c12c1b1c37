package dev.sluice.simulator;

import dev.sluice.simulator.audit.AuditTicket;
import dev.sluice.simulator.audit.Outcome;
import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.FaultKind;
import dev.sluice.simulator.wire.Answer;
import dev.sluice.simulator.wire.ChatTranscript;
import dev.sluice.simulator.wire.Endpoint;
import dev.sluice.simulator.wire.ModelRequest;
import dev.sluice.simulator.wire.ResponseTranscript;
import dev.sluice.simulator.wire.Transcript;
import dev.sluice.simulator.wire.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The answer to one admitted request, with the fault that was asked for. Blocks its thread. */
final class Speech {
  private final ModelRequest request;
  private final @Nullable Fault fault;
  private final Call call;
  private final AuditTicket ticket;
  private final Answer answer;
  private final Transcript transcript;
  private final Pace pace;
  private final long inputTokens;
  private final long cachedTokens;

  private long streamed;

  Speech(
      Provider provider,
      ModelRequest request,
      long cachedTokens,
      @Nullable Fault fault,
      Call call,
      AuditTicket ticket) {
    this.request = request;
    this.fault = fault;
    this.call = call;
    this.ticket = ticket;
    this.inputTokens = request.prompt().inputTokens();
    this.cachedTokens = cachedTokens;
    this.answer = Answer.to(request.prompt(), request.maxOutputTokens());
    var dates = provider.ticker().dates();
    this.transcript =
        request.endpoint() == Endpoint.RESPONSES
            ? new ResponseTranscript(request, provider.ids(), dates)
            : new ChatTranscript(request, provider.ids(), dates);
    var delay = is(FaultKind.SLOW_FIRST_TOKEN) && fault != null ? fault.delayMs() : 0;
    this.pace =
        new Pace(
            provider.ticker(),
            provider.latency()::get,
            call.receivedAt() + delay * 1_000_000,
            answer.tokens().hashCode());
  }

  void run() throws IOException {
    try {
      speak();
    } catch (DroppedConnection dropped) {
      ticket.end(Outcome.CUT, null);
      throw dropped;
    } catch (IOException clientLeft) {
      ticket.end(Outcome.CANCELLED, null);
      throw clientLeft; // the HTTP server then closes the connection
    }
  }

  /** Input and the output that left; nothing where the model was never reached. */
  long billedTokens() {
    return inputTokens + streamed;
  }

  private void speak() throws IOException {
    if (fault != null && (is(FaultKind.SERVER_ERROR) || is(FaultKind.OVERLOADED))) {
      failAtOnce(fault);
      return;
    }
    if (fault != null && is(FaultKind.PROXY_ERROR)) {
      failAsProxy(fault);
      return;
    }
    if (fault != null && is(FaultKind.HANG) && !fault.afterHeaders()) {
      Pace.sleep(Duration.ofMillis(fault.delayMs()));
      throw new DroppedConnection("hung long enough");
    }
    if (request.stream()) {
      stream();
    } else {
      document();
    }
  }

  private void failAtOnce(Fault asked) throws IOException {
    var error = FaultErrors.of(asked, request, 0);
    ticket.answers(error.status());
    ticket.end(Outcome.FAILED, error.code());
    call.reply(error);
  }

  /** What stands between us and the provider answers for it, in its own words. */
  private void failAsProxy(Fault asked) throws IOException {
    var status = asked.statusOr(502);
    ticket.answers(status);
    ticket.end(Outcome.FAILED, "proxy_error");
    call.reply(status, "text/html", "<html><body><h1>" + status + "</h1></body></html>\n");
  }

  private void stream() throws IOException {
    ticket.answers(200);
    var out = call.events(); // closed by hand: closing writes the last chunk, as if all were well
    send(out, transcript.begin());
    if (fault != null && fault.atToken() == 0) {
      hangAfterHeaders();
    }
    var tokens = answer.tokens();
    var faultAt = faultAt(tokens.size());
    for (int i = 0; i < tokens.size(); i++) {
      if (i == faultAt) {
        break;
      }
      pace.awaitToken();
      send(out, transcript.token(tokens.get(i)));
      ticket.streamed(++streamed);
    }
    if (fault != null && faultAt >= 0) {
      breakStream(out, fault);
      return;
    }
    // Before the bytes that tell the client: who has read the end finds it in the audit.
    ticket.end(Outcome.COMPLETED, null);
    send(out, transcript.end(usage(), answer.isComplete()));
    out.close();
  }

  private void breakStream(OutputStream out, Fault asked) throws IOException {
    hangAfterHeaders();
    if (is(FaultKind.CUT)) {
      throw new DroppedConnection("cut on demand");
    }
    if (is(FaultKind.MALFORMED_EVENT)) {
      ticket.end(Outcome.FAILED, "malformed_event");
      send(out, "event: response.output_text.delta\ndata: {\"type\":\"response.outp\n\n");
    } else {
      var error = FaultErrors.of(asked, request, 0);
      ticket.end(Outcome.FAILED, error.code());
      send(out, transcript.fail(error));
    }
    out.close();
  }

  private void document() throws IOException {
    var tokens = answer.tokens();
    pace.awaitTokens(tokens.size());
    if (fault != null && is(FaultKind.FAILED_EVENT)) {
      failDocument(fault);
      return;
    }
    ticket.answers(200);
    streamed = tokens.size();
    var bytes =
        transcript.document(tokens, usage(), answer.isComplete()).getBytes(StandardCharsets.UTF_8);
    var broken = is(FaultKind.CUT) || is(FaultKind.MALFORMED_EVENT);
    var sent = broken ? bytes.length / 2 : bytes.length;
    var out = call.open(200, "application/json", is(FaultKind.CUT) ? bytes.length : sent);
    hangAfterHeaders();
    if (is(FaultKind.CUT)) {
      out.write(bytes, 0, sent);
      out.flush();
      throw new DroppedConnection("cut on demand");
    }
    ticket.streamed(streamed);
    ticket.end(broken ? Outcome.FAILED : Outcome.COMPLETED, broken ? "malformed_event" : null);
    out.write(bytes, 0, sent);
    out.close();
  }

  private void failDocument(Fault asked) throws IOException {
    var error = FaultErrors.of(asked, request, 0);
    var status = request.endpoint() == Endpoint.RESPONSES ? 200 : error.status();
    ticket.answers(status);
    ticket.end(Outcome.FAILED, error.code());
    call.reply(status, "application/json", transcript.failedDocument(error));
  }

  private void hangAfterHeaders() throws IOException {
    if (fault != null && is(FaultKind.HANG)) {
      Pace.sleep(Duration.ofMillis(fault.delayMs()));
      throw new DroppedConnection("hung long enough");
    }
  }

  /** After how many tokens the stream breaks; -1 for never. */
  private int faultAt(int tokens) {
    var breaks =
        is(FaultKind.CUT)
            || is(FaultKind.MALFORMED_EVENT)
            || is(FaultKind.FAILED_EVENT)
            || is(FaultKind.HANG);
    return fault != null && breaks ? Math.min(fault.atToken(), tokens) : -1;
  }

  private boolean is(FaultKind kind) {
    return fault != null && fault.kind() == kind;
  }

  private Usage usage() {
    return new Usage(inputTokens, cachedTokens, streamed);
  }

  private static void send(OutputStream out, String frames) throws IOException {
    out.write(frames.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
