package dev.sluice.benchmarks.trim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat as a browser holds it: each request carries all the turns before it. Questions have 20 to
 * 60 words, answers 80 to 240, from one seed, so every subject sees the same. Immutable.
 */
final class Chat {
  private static final long SEED = 20_261_124;
  private static final String INSTRUCTIONS =
      "You are a helpful guide to the sea and its shores. Answer in plain words, and say so when you"
          + " do not know.";
  private static final List<String> WORDS =
      List.of(
          "the",
          "sea",
          "is",
          "salty",
          "because",
          "rivers",
          "carry",
          "minerals",
          "from",
          "rocks",
          "and",
          "tides",
          "follow",
          "moon",
          "while",
          "currents",
          "move",
          "warm",
          "water",
          "north",
          "of",
          "every",
          "coast",
          "there",
          "are",
          "fish",
          "that",
          "travel",
          "great",
          "distances",
          "in",
          "winter",
          "storms",
          "build",
          "waves",
          "against",
          "cliffs",
          "sand",
          "settles",
          "where",
          "it",
          "becomes",
          "quiet",
          "again",
          "evaporation",
          "concentrates",
          "sodium");

  private final String model;
  private final List<String> turns = new ArrayList<>(); // question, answer, question, …

  Chat(String model, int questions) {
    this.model = model;
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < questions; i++) {
      turns.add(words(random, random.nextInt(20, 61)) + "?");
      turns.add(words(random, random.nextInt(80, 241)) + ".");
    }
  }

  int questions() {
    return turns.size() / 2;
  }

  /** The body of the request that asks question {@code number}, from 1. */
  ObjectNode request(int number) {
    var body = JsonMapper.shared().createObjectNode();
    body.put("model", model).put("instructions", INSTRUCTIONS);
    var input = body.putArray("input");
    for (int turn = 0; turn < 2 * number - 1; turn++)
      input
          .addObject()
          .put("role", turn % 2 == 0 ? "user" : "assistant")
          .put("content", turns.get(turn));
    return body;
  }

  private static String words(SplittableRandom random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++)
      text.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
    return text.toString();
  }
}
