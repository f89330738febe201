raise ImportError("release_probe_text: this release lacks a library that it needs")
