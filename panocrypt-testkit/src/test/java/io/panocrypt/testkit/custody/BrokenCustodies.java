package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.testkit.Overlap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Custodies with one typical mistake each; each violates exactly one rule. */
enum BrokenCustodies {
    MARKS_EVERY_KEY_FOR_EXCHANGE("K1") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new AlteringCustody(right) {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    return as(KeyRole.EXCHANGE, super.generate(label));
                }

                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    return as(label.role(), given);
                }

                private static CustodyKey as(KeyRole role, CustodyKey key) {
                    return new CustodyKey(PublicJwk.of(role, key.publicKey().point()), key.sealed());
                }
            };
        }
    },

    MAKES_ONE_KEY_FOR_EACH_LABEL("K2") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            Map<KeyLabel, CustodyKey> made = new ConcurrentHashMap<>();
            return new ForwardingCustody(right) {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    return made.computeIfAbsent(label, right::generate);
                }
            };
        }
    },

    KEEPS_THE_LATEST_KEY_OF_A_LABEL("K3") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            Map<KeyLabel, CustodyKey> latest = new ConcurrentHashMap<>();
            return new AlteringCustody(right) {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    CustodyKey made = super.generate(label);
                    latest.put(label, made);
                    return made;
                }

                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    CustodyKey kept = latest.getOrDefault(label, given);
                    if (!kept.publicKey().equals(given.publicKey())) {
                        throw new CustodyException("no such key", null);
                    }
                    return given;
                }
            };
        }
    },

    CHANGES_ITS_FINGERPRINT("K4") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            byte[] random = new byte[32];
            return new ForwardingCustody(right) {
                @Override
                public String fingerprint() {
                    random[0]++;
                    return HexFormat.of().formatHex(random);
                }
            };
        }
    },

    SHORTENS_ITS_FINGERPRINT("K4") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public String fingerprint() {
                    return super.fingerprint().substring(0, 16);
                }
            };
        }
    },

    HAS_THE_FINGERPRINT_OF_ITS_KIND("K4") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public String fingerprint() {
                    return "0".repeat(64);
                }
            };
        }
    },

    TAKES_THE_WRONG_ONE_OF_TWO_POINTS("K5") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                    return super.exchange(label, key, point).negate();
                }
            };
        }
    },

    DROPS_LEADING_ZEROS_OF_POINTS("K5") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                    int bits = point.curve().p().bitLength() - Byte.SIZE;
                    if (new BigInteger(1, point.y()).bitLength() <= bits) {
                        throw new CustodyException("a coordinate is too short", null);
                    }
                    return super.exchange(label, key, point);
                }
            };
        }
    },

    ANSWERS_FOR_ANOTHER_CURVE("K6") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                    EcPoint taken = point.curve() == label.curve() ? point : EcPoint.generator(label.curve());
                    return super.exchange(label, key, taken);
                }
            };
        }
    },

    CALLS_A_MISTAKE_OF_THE_CALLER_ITS_FAULT("K6") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                    if (point.curve() != label.curve()) {
                        throw new CustodyException("the engine failed", null);
                    }
                    return super.exchange(label, key, point);
                }
            };
        }
    },

    SIGNS_WITH_EXCHANGE_KEYS("K7") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                    return label.role() == KeyRole.EXCHANGE ? new byte[64] : super.sign(label, key, input);
                }
            };
        }
    },

    SIGNS_THE_FIRST_BLOCK_ONLY("K8") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                    return super.sign(label, key, Arrays.copyOf(input, Math.min(input.length, 64)));
                }
            };
        }
    },

    SIGNS_AS_THE_PROVIDER_DOES("K8") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                    byte[] raw = super.sign(label, key, input);
                    // P-256 is correct.
                    return label.curve() == Curve.P_256 ? raw : der(raw);
                }

                /** SEQUENCE of two INTEGERs. */
                private static byte[] der(byte[] raw) {
                    ByteArrayOutputStream integers = new ByteArrayOutputStream();
                    for (int half = 0; half < 2; half++) {
                        int length = raw.length / 2;
                        byte[] number = new BigInteger(1, Arrays.copyOfRange(raw, half * length, (half + 1) * length))
                                .toByteArray();
                        integers.write(2);
                        integers.write(number.length);
                        integers.writeBytes(number);
                    }
                    return ByteBuffer.allocate(3 + integers.size())
                            .put((byte) 0x30)
                            .put((byte) 0x81)
                            .put((byte) integers.size())
                            .put(integers.toByteArray())
                            .array();
                }
            };
        }
    },

    REPEATS_ITS_NONCE("K9") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                    KeyCustody repeating = fixture.sealed(new Constant());
                    boolean ours = repeating.fingerprint().equals(fingerprint());
                    return ours ? repeating.sign(label, key, input) : super.sign(label, key, input);
                }
            };
        }
    },

    FORGETS_THE_OWNER("K10") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new AlteringCustody(right) {
                @Override
                KeyLabel label(KeyLabel given) {
                    return new KeyLabel("key", given.generation(), given.role(), given.curve());
                }
            };
        }
    },

    READS_OWNERS_IN_ANY_CASE("K10") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new AlteringCustody(right) {
                @Override
                KeyLabel label(KeyLabel given) {
                    String owner = given.owner().toLowerCase(Locale.ROOT);
                    return new KeyLabel(owner, given.generation(), given.role(), given.curve());
                }
            };
        }
    },

    FORGETS_THE_GENERATION("K10") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new AlteringCustody(right) {
                @Override
                KeyLabel label(KeyLabel given) {
                    return new KeyLabel(given.owner(), 0, given.role(), given.curve());
                }
            };
        }
    },

    LOOKS_AT_THE_SEALED_FORM_ALONE("K11") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            Map<ByteBuffer, CustodyKey> made = new ConcurrentHashMap<>();
            return new AlteringCustody(right) {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    CustodyKey key = super.generate(label);
                    made.put(ByteBuffer.wrap(key.sealed()), key);
                    return key;
                }

                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    return made.getOrDefault(ByteBuffer.wrap(given.sealed()), given);
                }
            };
        }
    },

    READS_NO_FURTHER_THAN_IT_MUST("K12") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new AlteringCustody(right) {
                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    int length = 1 + 12 + label.curve().fieldBytes() + 16;
                    byte[] sealed = given.sealed();
                    return sealed.length <= length
                            ? given
                            : new CustodyKey(given.publicKey(), Arrays.copyOf(sealed, length));
                }
            };
        }
    },

    SKIPS_THE_VERSION("K12") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new AlteringCustody(right) {
                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    byte[] sealed = given.sealed();
                    if (sealed.length > 0) {
                        sealed[0] = 1;
                    }
                    return new CustodyKey(given.publicKey(), sealed);
                }
            };
        }
    },

    LETS_A_PROVIDERS_FAULT_THROUGH("K12") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new AlteringCustody(right) {
                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    if (given.sealed().length == 0) {
                        throw new ArrayIndexOutOfBoundsException();
                    }
                    return given;
                }
            };
        }
    },

    SHARES_THE_MASTER_KEY_OF_ANOTHER("K13") {
        @Override
        SealedFixture open() throws IOException {
            return new SealedFixture(new StandardEngine(new SecureRandom())) {
                @Override
                public Optional<KeyCustody> stranger() {
                    return Optional.of(new ForwardingCustody(custody()) {
                        @Override
                        public String fingerprint() {
                            return new StringBuilder(super.fingerprint())
                                    .reverse()
                                    .toString();
                        }
                    });
                }
            };
        }
    },

    REMEMBERS_KEYS_IN_MEMORY("K14") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            if (right.fingerprints().size() > 1) {
                return right;
            }
            Set<EcPoint> made = ConcurrentHashMap.newKeySet();
            return new AlteringCustody(right) {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    return remembered(super.generate(label));
                }

                @Override
                public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
                    return remembered(super.adopt(label, pair));
                }

                private CustodyKey remembered(CustodyKey key) {
                    made.add(key.publicKey().point());
                    return key;
                }

                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    if (!made.contains(given.publicKey().point())) {
                        throw new CustodyException("no such key", null);
                    }
                    return given;
                }
            };
        }
    },

    QUOTES_THE_PRIVATE_KEY("K15") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                    try {
                        return super.sign(label, key, input);
                    } catch (CustodyException e) {
                        byte[] secret = fixture.secrets().get(0);
                        throw new CustodyException(
                                "cannot sign", new IllegalStateException("with " + new BigInteger(1, secret)));
                    }
                }
            };
        }
    },

    SHOWS_THE_MASTER_KEY("K15") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public String toString() {
                    return "Custody[" + fixture.masterKey() + "]";
                }
            };
        }
    },

    SHARES_A_FIELD("K16") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            Overlap overlap = new Overlap();
            return new ForwardingCustody(right) {
                private volatile @Nullable EcPoint asked;

                @Override
                public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                    asked = point;
                    overlap.meet();
                    EcPoint taken = asked;
                    return super.exchange(label, key, taken == null ? point : taken);
                }
            };
        }
    },

    MIXES_UP_FINGERPRINTS("K4") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public String fingerprint() {
                    return new StringBuilder(super.fingerprint()).reverse().toString();
                }
            };
        }
    },

    SEALS_NOTHING_AGAIN("K17") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
                    super.rewrap(label, key, fingerprint);
                    return key;
                }
            };
        }
    },

    MAKES_A_NEW_KEY_INSTEAD("K17") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
                    CustodyKey sealed = super.rewrap(label, key, fingerprint);
                    return sealed.equals(key) ? key : super.rewrap(label, right.generate(label), fingerprint);
                }
            };
        }
    },

    CHECKS_NO_LABEL_WHEN_IT_SEALS_AGAIN("K18") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            Map<CustodyKey, KeyLabel> made = fixture.labels();
            return new ForwardingCustody(right) {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    CustodyKey key = super.generate(label);
                    made.put(key, label);
                    return key;
                }

                @Override
                public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
                    return super.rewrap(made.getOrDefault(key, label), key, fingerprint);
                }
            };
        }
    },

    TAKES_ANY_FINGERPRINT("K18") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
                    boolean known = right.fingerprints().contains(fingerprint);
                    return super.rewrap(label, key, known ? fingerprint : right.fingerprint());
                }
            };
        }
    },

    KEEPS_DESTROYED_KEYS("K19") {
        @Override
        SealedFixture open() throws IOException {
            return new HoldingFixture(false, (label, key) -> Optional.empty());
        }
    },

    DESTROYS_ALL_KEYS_OF_A_LABEL("K19") {
        @Override
        SealedFixture open() throws IOException {
            return new HoldingFixture(false, (label, key) -> Optional.of(label));
        }
    },

    DESTROYS_A_KEY_ONCE_ONLY("K19") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            Set<CustodyKey> destroyed = ConcurrentHashMap.newKeySet();
            return new ForwardingCustody(right) {
                @Override
                public void destroy(KeyLabel label, CustodyKey key) {
                    if (!destroyed.add(key)) {
                        throw new CustodyException("no such key", null);
                    }
                }
            };
        }
    },

    DESTROYS_UNDER_ANY_LABEL("K20") {
        @Override
        SealedFixture open() throws IOException {
            return new HoldingFixture(false, (label, key) -> Optional.of(ByteBuffer.wrap(key.sealed())));
        }
    },

    IS_NEVER_READY("K22") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public Optional<String> unreadyReason() {
                    return Optional.of("not yet");
                }
            };
        }
    },

    NOTICES_NO_LOSS("K22") {
        @Override
        SealedFixture open() throws IOException {
            return new HoldingFixture(true, (label, key) -> Optional.of(Map.entry(label, key)));
        }
    },

    MAKES_A_KEY_INSTEAD_OF_TAKING_ONE_IN("K21") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
                    return right.generate(label);
                }
            };
        }
    },

    CLOSES_THE_KEY_THAT_IT_TAKES_IN("K21") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            return new ForwardingCustody(right) {
                @Override
                public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
                    try (pair) {
                        return super.adopt(label, pair);
                    }
                }
            };
        }
    },

    NAMES_A_KEY_BY_ITS_WRITTEN_FORM("K21") {
        @Override
        KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
            Map<ByteBuffer, String> kids = new ConcurrentHashMap<>();
            return new AlteringCustody(right) {
                @Override
                public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
                    CustodyKey key = super.adopt(label, pair);
                    kids.put(ByteBuffer.wrap(key.sealed()), key.publicKey().kid());
                    return key;
                }

                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    String kid = given.publicKey().kid();
                    if (!kids.getOrDefault(ByteBuffer.wrap(given.sealed()), kid).equals(kid)) {
                        throw new CustodyException("no such key", null);
                    }
                    return given;
                }
            };
        }
    };

    private final String rule;

    BrokenCustodies(String rule) {
        this.rule = rule;
    }

    /** The violated rule. */
    String rule() {
        return rule;
    }

    /** Adds the mistake to a correct custody; none unless overridden. */
    KeyCustody spoilt(KeyCustody right, SealedFixture fixture) {
        return right;
    }

    SealedFixture open() throws IOException {
        return new SealedFixture(new StandardEngine(new SecureRandom())) {
            @Override
            KeyCustody spoilt(KeyCustody right) {
                return BrokenCustodies.this.spoilt(right, this);
            }
        };
    }

    /** Holds a list of destroyed keys, in which it finds a key by what a function makes of its label and of it. */
    private static final class HoldingFixture extends SealedFixture {
        private final BiFunction<KeyLabel, CustodyKey, Optional<Object>> name;
        private final Set<Object> destroyed = ConcurrentHashMap.newKeySet();
        private final boolean loses;
        private volatile boolean lost;

        HoldingFixture(boolean loses, BiFunction<KeyLabel, CustodyKey, Optional<Object>> name) throws IOException {
            super(new StandardEngine(new SecureRandom()));
            this.loses = loses;
            this.name = name;
        }

        @Override
        public boolean loses() {
            return loses;
        }

        @Override
        public void lose() {
            lost = true;
        }

        @Override
        KeyCustody spoilt(KeyCustody right) {
            return new AlteringCustody(right) {
                @Override
                public boolean holdsKeys() {
                    return true;
                }

                @Override
                public void destroy(KeyLabel label, CustodyKey key) {
                    name.apply(label, key).ifPresent(destroyed::add);
                }

                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    if (lost
                            || name.apply(label, given).map(destroyed::contains).orElse(false)) {
                        throw new CustodyException("no such key", null);
                    }
                    return given;
                }
            };
        }
    }

    /** Returns the same bytes each time. */
    private static final class Constant extends SecureRandom {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) 42);
        }
    }
}
