package dev.sluice.worker.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  @Test
  void events_come_as_they_were_sent() throws Exception {
    assertThat(read("event: a\ndata: {\"x\": 1.50}\n\nevent: b\ndata:{\"é\":2}\n\n"))
        .containsExactly("a={\"x\": 1.50}", "b={\"é\":2}");
  }

  @Test
  void carriage_returns_comments_and_split_data_are_understood() throws Exception {
    assertThat(read(": hello\r\nevent: a\r\ndata: {\r\ndata: }\r\n\r\n")).containsExactly("a={\n}");
  }

  @Test
  void an_event_without_its_blank_line_was_cut_off() throws Exception {
    assertThat(read("event: a\ndata: {}\n\nevent: b\ndata: {\"half\":")).containsExactly("a={}");
  }

  private static List<String> read(String body) throws Exception {
    var stream = new EventStream(new ByteArrayInputStream(body.getBytes(UTF_8)));
    var events = new ArrayList<String>();
    for (var event = stream.next(); event != null; event = stream.next())
      events.add(event.type() + "=" + new String(event.json(), UTF_8));
    return events;
  }
}
