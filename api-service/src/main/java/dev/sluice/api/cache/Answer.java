package dev.sluice.api.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A whole answer that can be given again: its events, in order, as they were sent.
 *
 * @param responseId of the response that it was made for; stands in its events
 * @param events as JSON, UTF-8; the last one ends the response
 */
public record Answer(String responseId, List<byte[]> events) {
  private static final byte FORMAT = 1;

  /** Compressed, for Redis. */
  byte[] encode() {
    var bytes = new ByteArrayOutputStream();
    bytes.write(FORMAT);
    try (var out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      out.writeUTF(responseId);
      out.writeInt(events.size());
      for (var event : events) {
        out.writeInt(event.length);
        out.write(event);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Empty if it cannot be read: then it is a miss. */
  static Optional<Answer> decode(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] != FORMAT) return Optional.empty();
    try (var in =
        new DataInputStream(
            new InflaterInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1)))) {
      var id = in.readUTF();
      int count = in.readInt();
      var events = new ArrayList<byte[]>();
      for (int i = 0; i < count; i++) events.add(in.readNBytes(in.readInt()));
      return events.isEmpty() ? Optional.empty() : Optional.of(new Answer(id, events));
    } catch (IOException | RuntimeException unreadable) {
      return Optional.empty();
    }
  }
}
