"""The behaviours of Google Cloud that hold the emulator to account, by Google's own clients."""
