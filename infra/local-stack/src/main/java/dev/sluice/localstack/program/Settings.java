package dev.sluice.localstack.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The files in {@code infra/settings}, which docker-compose reads too. */
final class Settings {

  private Settings() {}

  /** Pairs of a {@code KEY=value} or {@code key = value} file, in no order. */
  static Map<String, String> pairs(String file) {
    var properties = new Properties();
    try {
      properties.load(new StringReader(text(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var pairs = new LinkedHashMap<String, String>();
    properties.stringPropertyNames().forEach(key -> pairs.put(key, properties.getProperty(key)));
    return pairs;
  }

  static String text(String file) {
    try (InputStream in = Settings.class.getResourceAsStream("/settings/" + file)) {
      if (in == null) {
        throw new IllegalStateException("settings/" + file + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
