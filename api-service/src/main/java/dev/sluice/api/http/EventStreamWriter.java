package dev.sluice.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (WHATWG HTML standard section 9.2), framed as OpenAI frames them. Belongs to
 * one request's thread; writing blocks while the client does not read.
 */
final class EventStreamWriter {
  private static final byte[] COMMENT = ": waiting\n\n".getBytes(UTF_8);

  private final HttpServletResponse response;

  EventStreamWriter(HttpServletResponse response) {
    this.response = response;
  }

  /** From here on the status is 200, and what goes wrong is an event. */
  void begin() throws IOException {
    if (response.isCommitted()) return;
    response.setContentType("text/event-stream;charset=utf-8");
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Accel-Buffering", "no"); // a proxy that collects would spoil the stream
    response.flushBuffer();
  }

  /**
   * @param type the event's name, where it has one
   * @param json UTF-8; line breaks in it become lines of data
   */
  void event(@Nullable String type, byte[] json) throws IOException {
    var out = out();
    if (type != null) out.write(("event: " + type + "\n").getBytes(UTF_8));
    out.write("data: ".getBytes(UTF_8));
    int from = 0;
    for (int at = 0; at < json.length; at++)
      if (json[at] == '\n' || json[at] == '\r') {
        out.write(json, from, at - from);
        out.write("\ndata: ".getBytes(UTF_8));
        from = at + 1;
      }
    out.write(json, from, json.length - from);
    out.write("\n\n".getBytes(UTF_8));
  }

  /** Says that the connection lives; clients do not see it. */
  void comment() throws IOException {
    out().write(COMMENT);
    flush();
  }

  void flush() throws IOException {
    response.flushBuffer();
  }

  private OutputStream out() throws IOException {
    return response.getOutputStream();
  }
}
