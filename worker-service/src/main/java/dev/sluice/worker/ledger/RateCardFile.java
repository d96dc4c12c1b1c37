package dev.sluice.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;

import dev.sluice.common.config.MisconfiguredException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads the file of rate cards, and refuses it as a whole, naming each line that is wrong. Confined
 * to one thread.
 */
final class RateCardFile {
  private static final String DEFAULT_TIER = "default";
  private static final Set<String> OF_FILE =
      Set.of("currency", "source", "source-date", "tiers", "cards");
  private static final Set<String> OF_PRICES =
      Set.of("input", "cached-input", "cache-write", "output");
  private static final Set<String> OF_CARD =
      with(
          OF_PRICES,
          "model",
          "tier",
          "from",
          "until",
          "currency",
          "source",
          "source-date",
          "long-context");

  private final String name;
  private final Set<String> mistakes = new LinkedHashSet<>();

  private RateCardFile(String name) {
    this.name = name;
  }

  /**
   * The cards in the order of their dates, those of derived tiers included, each with its end.
   *
   * @throws MisconfiguredException if any line is wrong
   */
  static List<RateCardTerms> read(Resource file) {
    var reading = new RateCardFile(String.valueOf(file.getFilename()));
    try (var reader = new InputStreamReader(file.getInputStream(), UTF_8)) {
      return reading.read(reader);
    } catch (IOException unreadable) {
      throw new MisconfiguredException(
          "set sluice.ledger.rate-cards (SLUICE_LEDGER_RATECARDS) to a file that can be read: "
              + unreadable.getMessage());
    }
  }

  private List<RateCardTerms> read(Reader reader) {
    var cards = new ArrayList<RateCardTerms>();
    try {
      var root = new Yaml(new LoaderOptions()).compose(reader);
      if (root instanceof MappingNode mapping) cards.addAll(cards(new Fields(mapping, OF_FILE)));
      else mistakes.add("line 1: cards are missing");
    } catch (MarkedYAMLException broken) {
      var mark = broken.getProblemMark();
      mistakes.add(
          "line %d: %s".formatted(mark == null ? 1 : mark.getLine() + 1, broken.getProblem()));
    }
    var ended = ended(cards);
    if (!mistakes.isEmpty())
      throw new MisconfiguredException(
          "set right in %s: %s".formatted(name, String.join("; ", mistakes)));
    return ended;
  }

  private List<RateCardTerms> cards(Fields file) {
    var cards = new ArrayList<RateCardTerms>();
    if (file.get("cards") instanceof SequenceNode list) {
      for (var node : list.getValue())
        if (node instanceof MappingNode card) add(cards, card(new Fields(card, OF_CARD), file));
        else wrong(node, "a card is needed here");
    } else {
      mistakes.add("line %d: cards are missing".formatted(file.line()));
    }
    cards.addAll(derived(cards, file));
    return cards;
  }

  private static void add(List<RateCardTerms> cards, @Nullable RateCardTerms card) {
    if (card != null) cards.add(card);
  }

  private @Nullable RateCardTerms card(Fields card, Fields file) {
    var model = card.text("model", null);
    var from = card.instant("from");
    var currency = currency(card.has("currency") ? card : file);
    var prices = prices(card);
    var source = (card.has("source") ? card : file).text("source", null);
    var sourceDate = (card.has("source-date") ? card : file).date("source-date");
    var longContext = longContext(card);
    var tier = card.text("tier", DEFAULT_TIER);
    var until = card.has("until") ? card.instant("until") : null;
    if (model == null
        || tier == null
        || from == null
        || currency == null
        || prices == null
        || source == null
        || sourceDate == null) return null; // said already
    if (until != null && !until.isAfter(from)) {
      card.wrong("until", "it is not after from");
      return null;
    }
    return new RateCardTerms(
        model, tier, from, until, currency, prices, longContext, source, sourceDate, card.line());
  }

  private @Nullable String currency(Fields fields) {
    var code = fields.text("currency", null);
    if (code == null) return null;
    try {
      return Currency.getInstance(code).getCurrencyCode();
    } catch (IllegalArgumentException unknown) {
      fields.wrong("currency", "%s is no currency of ISO 4217".formatted(code));
      return null;
    }
  }

  private @Nullable Prices prices(Fields card) {
    var input = card.price("input", null);
    // What has no price of its own is billed as the input that it is part of
    var cached = card.price("cached-input", input);
    var write = card.price("cache-write", input);
    var output = card.price("output", null);
    return input == null || cached == null || write == null || output == null
        ? null
        : new Prices(input, cached, write, output);
  }

  private @Nullable LongContext longContext(Fields card) {
    if (!(card.get("long-context") instanceof MappingNode node)) {
      if (card.has("long-context"))
        card.wrong("long-context", "above, input and output belong here");
      return null;
    }
    var fields = new Fields(node, with(OF_PRICES, "above"));
    var above = fields.price("above", null);
    var prices = prices(fields);
    if (above == null || prices == null) return null;
    if (above.signum() == 0 || above.stripTrailingZeros().scale() > 0) {
      fields.wrong("above", "it is a number of tokens");
      return null;
    }
    return new LongContext(above.longValue(), prices);
  }

  /** A tier that is a share of the default one has a card for each default card without its own. */
  private List<RateCardTerms> derived(List<RateCardTerms> cards, Fields file) {
    var derived = new ArrayList<RateCardTerms>();
    if (!(file.get("tiers") instanceof MappingNode node)) return derived;
    var tiers = new Fields(node, null);
    for (var tier : tiers.names()) {
      var share = tiers.price(tier, null);
      if (share == null) continue;
      for (var card : cards) {
        boolean hasOwn =
            cards.stream()
                .anyMatch(
                    own -> own.serviceTier().equals(tier) && own.model().equals(card.model()));
        if (card.serviceTier().equals(DEFAULT_TIER) && !hasOwn)
          derived.add(share(card, tier, share));
      }
    }
    return derived;
  }

  private static RateCardTerms share(RateCardTerms card, String tier, BigDecimal share) {
    var longContext = card.longContext();
    return new RateCardTerms(
        card.model(),
        tier,
        card.from(),
        card.until(),
        card.currency(),
        card.prices().times(share),
        longContext == null
            ? null
            : new LongContext(longContext.above(), longContext.prices().times(share)),
        card.source(),
        card.sourceDate(),
        card.line());
  }

  /** Each card ends where the next one of its model and tier begins; it may not say otherwise. */
  private List<RateCardTerms> ended(List<RateCardTerms> cards) {
    record Priced(String model, String serviceTier) {}
    var all = new ArrayList<RateCardTerms>();
    cards.stream()
        .collect(
            groupingBy(
                card -> new Priced(card.model(), card.serviceTier()),
                LinkedHashMap::new,
                java.util.stream.Collectors.toList()))
        .values()
        .forEach(ofOne -> {
          ofOne.sort(Comparator.comparing(RateCardTerms::from));
          for (int i = 0; i < ofOne.size(); i++) {
            var card = ofOne.get(i);
            all.add(i + 1 < ofOne.size() ? endedBy(card, ofOne.get(i + 1)) : card);
          }
        });
    return all;
  }

  private RateCardTerms endedBy(RateCardTerms card, RateCardTerms next) {
    var until = card.until();
    if (!next.from().isAfter(card.from()) || (until != null && until.isAfter(next.from())))
      mistakes.add(
          "line %d: the card of %s overlaps the one in line %d"
              .formatted(next.line(), next.model(), card.line()));
    else if (until != null && until.isBefore(next.from()))
      mistakes.add(
          "line %d: the card of %s leaves a gap after the one in line %d"
              .formatted(next.line(), next.model(), card.line()));
    return card.until(next.from());
  }

  private void wrong(Node node, String what) {
    mistakes.add("line %d: %s".formatted(node.getStartMark().getLine() + 1, what));
  }

  private static Set<String> with(Set<String> names, String... more) {
    var all = new LinkedHashSet<>(names);
    all.addAll(List.of(more));
    return all;
  }

  /** The fields of a mapping; one that is missing or unreadable is a mistake, and null. */
  private final class Fields {
    private final MappingNode node;
    private final Map<String, Node> fields = new LinkedHashMap<>();

    /**
     * @param known names that it may have; null for any
     */
    Fields(MappingNode node, @Nullable Set<String> known) {
      this.node = node;
      for (var field : node.getValue()) {
        var key = field.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
        if (known != null && !known.contains(key))
          RateCardFile.this.wrong(field.getKeyNode(), "%s means nothing here".formatted(key));
        if (fields.put(key, field.getValueNode()) != null)
          RateCardFile.this.wrong(field.getKeyNode(), "%s is here twice".formatted(key));
      }
    }

    Set<String> names() {
      return fields.keySet();
    }

    int line() {
      return node.getStartMark().getLine() + 1;
    }

    boolean has(String key) {
      return fields.containsKey(key);
    }

    @Nullable Node get(String key) {
      return fields.get(key);
    }

    void wrong(String key, String what) {
      RateCardFile.this.wrong(fields.getOrDefault(key, node), "%s: %s".formatted(key, what));
    }

    @Nullable String text(String key, @Nullable String otherwise) {
      if (get(key) instanceof ScalarNode scalar && !scalar.getValue().isBlank())
        return scalar.getValue();
      if (otherwise == null || has(key)) wrong(key, "it is missing");
      return otherwise;
    }

    @Nullable BigDecimal price(String key, @Nullable BigDecimal otherwise) {
      if (!has(key) && otherwise != null) return otherwise;
      var text = text(key, null);
      if (text == null) return null;
      try {
        var price = new BigDecimal(text);
        if (price.signum() < 0) {
          wrong(key, "%s is negative".formatted(text));
          return null;
        }
        return price;
      } catch (NumberFormatException unreadable) {
        wrong(key, "%s is no number".formatted(text));
        return null;
      }
    }

    @Nullable LocalDate date(String key) {
      var text = text(key, null);
      if (text == null) return null;
      try {
        return LocalDate.parse(text);
      } catch (DateTimeException unreadable) {
        wrong(key, "%s is no day such as 2026-10-03".formatted(text));
        return null;
      }
    }

    /** A day begins at midnight UTC. */
    @Nullable Instant instant(String key) {
      var day = date(key);
      return day == null ? null : day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
  }
}
