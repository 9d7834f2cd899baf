"""Pages for people: templates, one stylesheet, one small script, and the pretend platform to practise on."""
