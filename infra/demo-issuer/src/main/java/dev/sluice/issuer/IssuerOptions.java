package dev.sluice.issuer;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a {@link DemoIssuer} runs.
 *
 * @param host address to listen on
 * @param port to listen on; 0 for any free one
 * @param url what tokens name as their issuer; empty for where it listens
 * @param keyFile where the signing key is kept
 * @param audience the service that tokens are for
 * @param tokenTtl how long a token is good for, at the most
 */
public record IssuerOptions(
    String host, int port, String url, Path keyFile, String audience, Duration tokenTtl) {

  /** On any free port of the loopback address, for twelve hours, for {@code sluice}. */
  public static IssuerOptions keyIn(Path keyFile) {
    return new IssuerOptions("127.0.0.1", 0, "", keyFile, "sluice", Duration.ofHours(12));
  }

  IssuerOptions withHost(String address) {
    return new IssuerOptions(address, port, url, keyFile, audience, tokenTtl);
  }

  IssuerOptions withPort(int number) {
    return new IssuerOptions(host, number, url, keyFile, audience, tokenTtl);
  }

  IssuerOptions withUrl(String issuer) {
    return new IssuerOptions(host, port, issuer, keyFile, audience, tokenTtl);
  }

  IssuerOptions withKeyFile(Path file) {
    return new IssuerOptions(host, port, url, file, audience, tokenTtl);
  }

  IssuerOptions withAudience(String service) {
    return new IssuerOptions(host, port, url, keyFile, service, tokenTtl);
  }
}
