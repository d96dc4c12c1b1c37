package dev.sluice.api.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What makes two questions the same: SHA-256 over everything in the body that may change the
 * answer, whatever the order of its fields or the spelling of its numbers. Unknown fields count.
 */
final class Fingerprint {
  // How the answer is brought. What the provider repeats in its answer, such as metadata, counts:
  // nobody is to be given another's labels.
  private static final Set<String> IMMATERIAL = Set.of("background", "stream", "stream_options");

  private final MessageDigest digest;

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java platform has SHA-256", absent);
    }
  }

  /**
   * @param scope who shares it; questions of different scopes never have the same fingerprint
   */
  static String of(String scope, ObjectNode body) {
    var fingerprint = new Fingerprint();
    fingerprint.text(scope);
    fingerprint.object(body, IMMATERIAL);
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private void node(JsonNode node) {
    if (node.isObject()) object(node, Set.of());
    else if (node.isArray()) {
      mark('[');
      node.forEach(this::node);
      mark(']');
    } else if (node.isNumber()) {
      mark('n');
      text(node.decimalValue().stripTrailingZeros().toString());
    } else if (node.isString()) {
      mark('s');
      text(node.asString());
    } else {
      mark('l');
      text(node.toString());
    }
  }

  private void object(JsonNode object, Set<String> without) {
    mark('{');
    for (var name : new TreeSet<>(object.propertyNames())) {
      var value = object.path(name);
      // Null is what an absent field means to the provider
      if (without.contains(name) || value.isNull()) continue;
      text(name);
      node(value);
    }
    mark('}');
  }

  private void mark(char kind) {
    digest.update((byte) kind);
  }

  /** With its length, so that no two sequences of texts read the same. */
  private void text(String text) {
    var bytes = text.getBytes(UTF_8);
    digest.update((bytes.length + ":").getBytes(UTF_8));
    digest.update(bytes);
  }
}
