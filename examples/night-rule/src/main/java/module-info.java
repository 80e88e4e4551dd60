/** An application that embeds Panocrypt. */
module com.example.unlocking {
    requires io.panocrypt.servlet;
}
