package dev.sluice.worker.ledger;

import static java.util.Comparator.comparing;

import dev.sluice.common.config.MisconfiguredException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Adds the cards of the file that the ledger lacks. The same file and the same ledger always come
 * to the same cards, and twice to no more than once; a card that is there is never changed but in
 * its end. Cards that somebody has added beside the file stay.
 */
final class RateCardImport {
  private static final Logger log = LoggerFactory.getLogger(RateCardImport.class);
  private static final int LOCK = 7302;

  private static final String CARDS =
      """
      select id, model, service_tier, version, currency, valid_from, valid_until, input_price,
          cached_input_price, cache_write_price, output_price, long_context_above,
          long_input_price, long_cached_input_price, long_cache_write_price, long_output_price
      from rate_card
      where model = :model and service_tier = :serviceTier
      """;

  private static final String END =
      "update rate_card set valid = tstzrange(lower(valid), cast(:until as timestamptz)) where id = :id";

  private static final String ADD =
      """
      insert into rate_card (model, service_tier, version, valid, currency, input_price,
          cached_input_price, cache_write_price, output_price, long_context_above,
          long_input_price, long_cached_input_price, long_cache_write_price, long_output_price,
          source, source_date)
      select :model, :serviceTier, coalesce(max(version), 0) + 1,
          tstzrange(cast(:from as timestamptz), cast(:until as timestamptz)),
          :currency, :input, :cachedInput, :cacheWrite, :output, cast(:longAbove as bigint),
          cast(:longInput as numeric), cast(:longCachedInput as numeric),
          cast(:longCacheWrite as numeric), cast(:longOutput as numeric), :source, :sourceDate
      from rate_card
      where model = :model and service_tier = :serviceTier
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  /**
   * @param owner connects as the role that owns the tables
   */
  RateCardImport(DataSource owner) {
    this.jdbc = JdbcClient.create(owner);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(owner));
  }

  /**
   * All of them or none.
   *
   * @param terms as {@link RateCardFile} has read them
   * @throws MisconfiguredException if a card of the file has other prices than the one that is
   *     there
   */
  void add(List<RateCardTerms> terms) {
    int added =
        transaction.<Integer>execute(_ -> {
          lock();
          int count = 0;
          for (var card : terms) if (add(card)) count++;
          return count;
        });
    if (added > 0) log.atInfo().addKeyValue("cards", added).log("Rate cards were added");
  }

  /**
   * A card that finance has sent; one that begins where another does adds nothing.
   *
   * @return whether it was added
   */
  boolean addLater(RateCardTerms terms) {
    return transaction.<Boolean>execute(_ -> {
      lock();
      boolean isThere =
          cards(terms).stream().anyMatch(card -> card.validFrom().equals(terms.from()));
      return !isThere && add(terms);
    });
  }

  private void lock() {
    jdbc.sql("select pg_advisory_xact_lock(:lock)").param("lock", LOCK).query((_, _) -> 0).list();
  }

  private boolean add(RateCardTerms terms) {
    var cards = cards(terms);
    var same = cards.stream().filter(card -> card.validFrom().equals(terms.from())).findFirst();
    if (same.isPresent()) {
      keep(same.get(), terms);
      return false;
    }
    var before = cards.stream().filter(card -> card.isInForce(terms.from())).findFirst();
    before.ifPresent(card -> end(card, terms.from()));
    var next =
        cards.stream()
            .map(RateCard::validFrom)
            .filter(from -> from.isAfter(terms.from()))
            .min(Instant::compareTo);
    insert(terms, earlier(terms.until(), next));
    return true;
  }

  private void keep(RateCard card, RateCardTerms terms) {
    if (!card.isPricedAs(terms))
      throw new MisconfiguredException(
          "set right in the rate cards: line %d: %s at tier %s has other prices in the ledger since the same day; add a card with a later day instead of changing one"
              .formatted(terms.line(), terms.model(), terms.serviceTier()));
    var until = terms.until();
    if (until != null && card.validUntil().map(until::isBefore).orElse(true)) end(card, until);
  }

  private static @Nullable Instant earlier(@Nullable Instant until, Optional<Instant> next) {
    if (until == null) return next.orElse(null);
    return next.filter(until::isAfter).orElse(until);
  }

  private List<RateCard> cards(RateCardTerms terms) {
    return jdbc
        .sql(CARDS)
        .param("model", terms.model())
        .param("serviceTier", terms.serviceTier())
        .query((row, _) -> {
          var until = row.getTimestamp("valid_until");
          long above = row.getLong("long_context_above");
          var longContext =
              row.wasNull()
                  ? null
                  : new LongContext(
                      above,
                      new Prices(
                          row.getBigDecimal("long_input_price"),
                          row.getBigDecimal("long_cached_input_price"),
                          row.getBigDecimal("long_cache_write_price"),
                          row.getBigDecimal("long_output_price")));
          var found =
              new RateCardTerms(
                  row.getString("model"),
                  row.getString("service_tier"),
                  row.getTimestamp("valid_from").toInstant(),
                  null,
                  row.getString("currency"),
                  new Prices(
                      row.getBigDecimal("input_price"),
                      row.getBigDecimal("cached_input_price"),
                      row.getBigDecimal("cache_write_price"),
                      row.getBigDecimal("output_price")),
                  longContext,
                  terms.source(),
                  terms.sourceDate(),
                  terms.line());
          return new RateCard(row.getLong("id"), found, until == null ? null : until.toInstant());
        })
        .list()
        .stream()
        .sorted(comparing(RateCard::validFrom))
        .toList();
  }

  private void end(RateCard card, Instant until) {
    jdbc.sql(END).param("until", Timestamp.from(until)).param("id", card.id()).update();
  }

  private void insert(RateCardTerms terms, @Nullable Instant until) {
    var prices = terms.prices();
    var longContext = terms.longContext();
    var longPrices = longContext == null ? null : longContext.prices();
    jdbc.sql(ADD)
        .param("model", terms.model())
        .param("serviceTier", terms.serviceTier())
        .param("from", Timestamp.from(terms.from()))
        .param("until", until == null ? null : Timestamp.from(until))
        .param("currency", terms.currency())
        .param("input", prices.input())
        .param("cachedInput", prices.cachedInput())
        .param("cacheWrite", prices.cacheWrite())
        .param("output", prices.output())
        .param("longAbove", longContext == null ? null : longContext.above())
        .param("longInput", longPrices == null ? null : longPrices.input())
        .param("longCachedInput", longPrices == null ? null : longPrices.cachedInput())
        .param("longCacheWrite", longPrices == null ? null : longPrices.cacheWrite())
        .param("longOutput", longPrices == null ? null : longPrices.output())
        .param("source", terms.source())
        .param("sourceDate", java.sql.Date.valueOf(terms.sourceDate()))
        .update();
  }
}
