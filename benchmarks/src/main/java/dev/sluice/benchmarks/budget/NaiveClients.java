package dev.sluice.benchmarks.budget;

/**
 * No budget at all: every request calls when it comes and again after a pause, as the provider's
 * rate limits guide shows it under "Retrying with exponential backoff".
 */
final class NaiveClients implements Subject {
  private final Retries retries;

  NaiveClients(ProviderCall provider, Account account) {
    this.retries = new Retries(provider, account);
  }

  @Override
  public void ask(Question question) {
    retries.start(question, _ -> {});
  }

  @Override
  public long lost() {
    return retries.lost();
  }

  @Override
  public void close() {
    retries.close();
  }
}
