package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.InvalidPointException;

/** A test: does the time differ between a fixed input and random ones? */
enum LeakTest {
    /** Random keys in both classes: anything flagged here is caused by the machine or the test. */
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

    /** Prepares a multiplication of the fixed or the random class. Preparing must cost the same for both. */
    abstract Operation prepare(Suspect suspect, Inputs inputs, boolean fixed) throws InvalidPointException;
}
