package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.InvalidPointException;

/** One question to a suspect: does your time differ between this fixed input and random ones? */
enum LeakTest {
    /** Random keys on both sides: whatever this flags is the machine's or the test's doing. */
    CONTROL("control: random keys twice") {
        @Override
        Operation prepare(Suspect suspect, Inputs inputs, boolean fixed) throws InvalidPointException {
            return suspect.prepare(inputs.anyKey(), inputs.fixedPoint());
        }
    },
    FIXED_KEY("a fixed key") {
        @Override
        Operation prepare(Suspect suspect, Inputs inputs, boolean fixed) throws InvalidPointException {
            return suspect.prepare(fixed ? inputs.fixedKey() : inputs.anyKey(), inputs.fixedPoint());
        }
    },
    SPARSE_KEY("the key 2^520 + 1") {
        @Override
        Operation prepare(Suspect suspect, Inputs inputs, boolean fixed) throws InvalidPointException {
            return suspect.prepare(fixed ? inputs.sparseKey() : inputs.anyKey(), inputs.fixedPoint());
        }
    },
    FIXED_POINT("a fixed point") {
        @Override
        Operation prepare(Suspect suspect, Inputs inputs, boolean fixed) throws InvalidPointException {
            return suspect.prepare(inputs.fixedKey(), fixed ? inputs.fixedPoint() : inputs.anyPoint());
        }
    };

    private final String title;

    LeakTest(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** One multiplication of the fixed or of the random class. Both classes must cost the same to prepare. */
    abstract Operation prepare(Suspect suspect, Inputs inputs, boolean fixed) throws InvalidPointException;
}
