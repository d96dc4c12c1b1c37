package dev.sluice.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;

/** The key that signs tokens (ES256): made once and kept, so that tokens outlive a restart. */
final class SigningKey {

  private SigningKey() {}

  /** Reads the file, a private JWK, or makes it, readable by its owner alone. */
  static ECKey in(Path file) {
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      return ECKey.parse(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot keep a key in %s: %s".formatted(file, e), e);
    } catch (ParseException damaged) {
      // What is in it is not told: it may be half a key.
      throw new IllegalArgumentException(
          file + " is no private JWK: remove it, and a new one is made");
    }
  }

  private static void create(Path file) throws IOException {
    var key = generated().toJSONString();
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var half = Files.createTempFile(file.toAbsolutePath().getParent(), "key", "", ownerOnly);
    Files.writeString(half, key);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static ECKey generated() {
    try {
      return new ECKeyGenerator(Curve.P_256)
          .algorithm(JWSAlgorithm.ES256)
          .keyUse(KeyUse.SIGNATURE)
          .keyIDFromThumbprint(true)
          .generate();
    } catch (JOSEException absent) {
      throw new IllegalStateException("every Java platform has P-256", absent);
    }
  }
}
