from music.search.index import differences, how_many, index_names, index_tracks, rebuild

__all__ = ["differences", "how_many", "index_names", "index_tracks", "rebuild"]
