package dev.sluice.api.identity;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's keys, fetched when they are first needed, so that the order in which things start
 * does not matter. Thread-safe; blocks while it fetches.
 */
final class IssuerKeys implements JWKSetSource<SecurityContext> {
  /*
   * They are cached: an issuer that is away for some hours, or that changes its keys, is noticed by
   * nobody. A token that names an unknown key makes us fetch again, but not more often than once
   * in a while: whoever invents key ids does not make us flood the issuer.
   */
  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

  private static final String DISCOVERY = "/.well-known/openid-configuration"; // OIDC Discovery §4
  private static final Duration FRESH = Duration.ofMinutes(15);
  private static final Duration KEPT_WITHOUT_ISSUER = Duration.ofHours(12);
  private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(1);
  private static final int ANSWER_WITHIN_MS = 3_000;
  private static final int MOST_BYTES = 262_144;

  private final DefaultResourceRetriever web =
      new DefaultResourceRetriever(ANSWER_WITHIN_MS, ANSWER_WITHIN_MS, MOST_BYTES);
  private final String issuer;
  private final AtomicBoolean away = new AtomicBoolean();
  private volatile @Nullable URI address;
  private volatile boolean known;

  private IssuerKeys(IdentityProperties properties) {
    this.issuer = properties.issuer();
    this.address = properties.jwkSetUri().isEmpty() ? null : URI.create(properties.jwkSetUri());
  }

  static IssuerKeys of(IdentityProperties properties) {
    return new IssuerKeys(properties);
  }

  /** The same, cached. */
  JWKSource<SecurityContext> cached() {
    return JWKSourceBuilder.create(this)
        .cache(FRESH.toMillis(), 2L * ANSWER_WITHIN_MS)
        .refreshAheadCache(false)
        .rateLimited(BETWEEN_FETCHES.toMillis())
        .outageTolerant(KEPT_WITHOUT_ISSUER.toMillis())
        .build();
  }

  /** Whether they have been fetched at least once. */
  boolean areKnown() {
    return known;
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator refresh, long now, @Nullable SecurityContext none)
      throws JWKSetRetrievalException {
    try {
      var keys = JWKSet.parse(fetch(address()));
      known = true;
      if (away.compareAndSet(true, false))
        log.atInfo().log("The issuer of access tokens answers again");
      return keys;
    } catch (IOException | ParseException | IllegalArgumentException failed) {
      if (!away.getAndSet(true))
        log.atWarn()
            .addKeyValue("issuer", issuer)
            .addKeyValue("cause", failed.toString())
            .log(
                "The issuer of access tokens does not give its keys; nobody new gets in where they"
                    + " are not cached. Check sluice.identity.issuer if this stays");
      throw new JWKSetRetrievalException("no keys from the issuer", failed);
    }
  }

  private URI address() throws IOException, ParseException {
    var found = address;
    if (found == null) {
      found = discovered();
      address = found;
    }
    return found;
  }

  private URI discovered() throws IOException, ParseException {
    var base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    var document = JSONObjectUtils.parse(fetch(URI.create(base + DISCOVERY)));
    // Else anybody who can answer there could name keys for an issuer that is not theirs.
    if (!issuer.equals(document.get("issuer")))
      throw new ParseException("the discovery document is that of another issuer", 0);
    return URI.create(JSONObjectUtils.getString(document, "jwks_uri"));
  }

  private String fetch(URI uri) throws IOException {
    return web.retrieveResource(uri.toURL()).getContent();
  }

  @Override
  public void close() {
    // Nothing is open between fetches.
  }
}
