package dev.sluice.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.responses.RequestJson;
import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Events of a response as a stream of chunks. Belongs to one request's thread. */
final class ChatSink implements Delivery.Sink {
  /*
   * The status goes out with the first chunk, not before: a request that fails without a word is
   * then a plain HTTP error, which every client of chat completions understands. A client that waits
   * long is told by a comment that something will come; from then on a failure is a line of data.
   */
  private static final byte[] DONE = "[DONE]".getBytes(UTF_8);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServletResponse http;
  private final EventStreamWriter out;
  private final ChatChunks chunks;
  private final Failures failures;
  private final ErrorBody errors;

  ChatSink(HttpServletResponse http, ChatChunks chunks, Failures failures, ErrorBody errors) {
    this.http = http;
    this.out = new EventStreamWriter(http);
    this.chunks = chunks;
    this.failures = failures;
    this.errors = errors;
  }

  @Override
  public void event(Reply reply) throws IOException {
    var event = RequestJson.object(reply.event());
    if (reply.terminal()) {
      end(event.path("response"));
      return;
    }
    var chunk = chunks.of(event);
    if (chunk.isPresent()) write(chunk.get());
  }

  private void end(JsonNode ended) throws IOException {
    var failure = failures.ofCompletion(ended);
    if (failure.isPresent()) {
      fail(failure.get());
      return;
    }
    for (var chunk : chunks.end(ended)) write(chunk);
    out.event(null, DONE);
  }

  private void fail(Failures.Failure failure) throws IOException {
    if (http.isCommitted()) out.event(null, failure.body().getBytes(UTF_8));
    else Answers.error(http, failure);
  }

  private void write(ObjectNode chunk) throws IOException {
    out.begin();
    out.event(null, JSON.writeValueAsBytes(chunk));
  }

  @Override
  public void idle() throws IOException {
    out.begin();
    out.comment();
  }

  @Override
  public void flush() throws IOException {
    if (http.isCommitted()) out.flush();
  }

  @Override
  public void broken(SluiceException why) throws IOException {
    fail(new Failures.Failure(why.code(), errors.of(why.code(), why.detail(), why.param())));
    flush();
  }
}
