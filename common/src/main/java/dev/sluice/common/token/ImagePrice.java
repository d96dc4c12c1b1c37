package dev.sluice.common.token;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a model charges for an image, in tokens, as OpenAI's guide "Images and vision", section
 * "Calculating costs", has it. An image whose size is not known costs what the largest one does;
 * detail {@code auto}, and none, are taken for {@code high}. Immutable.
 */
sealed interface ImagePrice {
  /**
   * @param size unless it is known only to who fetches the image
   */
  long tokens(Optional<ImageSize> size, @Nullable String detail);

  /**
   * Squares of 512 px. A large image is first shrunk to fit 2,048 px, then until its shorter side
   * has 768 px; a smaller one is not enlarged.
   */
  record Tiles(long base, long perTile) implements ImagePrice {
    private static final int SIDE = 512;
    private static final double LONGEST = 2_048;
    private static final double SHORTEST = 768;
    private static final long MOST = 8; // 2,048 px by 768 px

    @Override
    public long tokens(Optional<ImageSize> size, @Nullable String detail) {
      if ("low".equals(detail)) return base;
      return base + perTile * size.map(Tiles::tiles).orElse(MOST);
    }

    private static long tiles(ImageSize size) {
      double longest = Math.max(size.width(), size.height());
      double shortest = Math.min(size.width(), size.height());
      double scale = Math.min(1, LONGEST / longest);
      scale = Math.min(scale, SHORTEST / shortest);
      return tiles(longest * scale) * tiles(shortest * scale);
    }

    private static long tiles(double pixels) {
      // A scaled side may lie a hair above the whole number that it is meant to be.
      return Math.max(1, (long) Math.ceil(pixels / SIDE - 1e-9));
    }
  }

  /**
   * Squares of 32 px, of which a larger image is shrunk to have no more than {@code most}. The
   * guide's {@code low} is not charged less by every one of these models, so it counts like {@code
   * high}.
   *
   * @param most with detail {@code high}
   * @param mostOriginal with detail {@code original}
   * @param percent tokens of a hundred patches
   */
  record Patches(long most, long mostOriginal, long percent) implements ImagePrice {
    private static final long SIDE = 32;

    @Override
    public long tokens(Optional<ImageSize> size, @Nullable String detail) {
      long limit = "original".equals(detail) ? mostOriginal : most;
      long patches =
          size.map(known -> Math.ceilDiv(known.width(), SIDE) * Math.ceilDiv(known.height(), SIDE))
              .orElse(limit);
      return Math.ceilDiv(Math.min(limit, patches) * percent, 100L);
    }
  }

  /** Of a model that is not in the guide's tables: its largest numbers of patches and tokens. */
  ImagePrice UNKNOWN = new Patches(2_500, 10_000, 246);

  /** By family; the longest name that fits decides. */
  Map<String, ImagePrice> PRICES =
      Map.ofEntries(
          Map.entry("gpt-4o-mini", new Tiles(2_833, 5_667)),
          Map.entry("gpt-4o", new Tiles(85, 170)),
          Map.entry("chatgpt-4o", new Tiles(85, 170)),
          Map.entry("gpt-4.1", new Tiles(85, 170)),
          Map.entry("gpt-4.5", new Tiles(85, 170)),
          Map.entry("gpt-4-turbo", new Tiles(85, 170)),
          Map.entry("gpt-5", new Tiles(70, 140)),
          Map.entry("o1", new Tiles(75, 150)),
          Map.entry("o3", new Tiles(75, 150)),
          Map.entry("computer-use", new Tiles(65, 129)),
          Map.entry("gpt-4.1-mini", new Patches(1_536, 1_536, 162)),
          Map.entry("gpt-4.1-nano", new Patches(1_536, 1_536, 246)),
          Map.entry("gpt-5-mini", new Patches(1_536, 1_536, 162)),
          Map.entry("gpt-5-nano", new Patches(1_536, 1_536, 246)),
          Map.entry("o4-mini", new Patches(1_536, 1_536, 172)));

  static ImagePrice of(String model) {
    // Later versions of gpt-5 have other rules than the first.
    if (model.startsWith("gpt-5.")) return UNKNOWN;
    return PRICES.entrySet().stream()
        .filter(price -> Dialect.isOf(model, price.getKey()))
        .max(Map.Entry.comparingByKey(Comparator.comparingInt(String::length)))
        .map(Map.Entry::getValue)
        .orElse(UNKNOWN);
  }
}
