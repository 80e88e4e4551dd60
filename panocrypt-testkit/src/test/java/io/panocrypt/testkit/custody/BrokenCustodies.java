package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.Curve;
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
                    if (!Arrays.equals(kept.sealed(), given.sealed())) {
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
            Set<ByteBuffer> made = ConcurrentHashMap.newKeySet();
            return new AlteringCustody(right) {
                @Override
                public CustodyKey generate(KeyLabel label) {
                    CustodyKey key = super.generate(label);
                    made.add(ByteBuffer.wrap(key.sealed()));
                    return key;
                }

                @Override
                CustodyKey key(KeyLabel label, CustodyKey given) {
                    if (!made.contains(ByteBuffer.wrap(given.sealed()))) {
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

    /** Returns the same bytes each time. */
    private static final class Constant extends SecureRandom {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) 42);
        }
    }
}
