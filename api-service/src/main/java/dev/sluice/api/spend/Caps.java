package dev.sluice.api.spend;

import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What this stage needs from outside: the caps as finance has set them. Never blocks. */
public interface Caps {
  @Nullable SpendCapSet of(SpendScope scope, String subject, SpendPeriod period);

  Collection<SpendCapSet> all();
}
