/** The McCallum-Relyea exchange, Tang's and Clevis' wire forms, and custody of private keys; knows no device and no HTTP. */
module io.panocrypt.crypto {
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports io.panocrypt.crypto.clevis;
    exports io.panocrypt.crypto.custody;
    exports io.panocrypt.crypto.ec;
    exports io.panocrypt.crypto.exchange;
    exports io.panocrypt.crypto.tang;
}
