"""Reading exports that platforms hand out: files in, one frame of attempts and honest counts out."""
