"""What a person may know and ask of their data: what is kept, who looked, a copy, a correction, an end.

mine.py says what is somebody's own; looked.py who opened it; delaying.py when that may lawfully be told later;
copying.py, correcting.py and erasing.py are what the person asks for (个人信息保护法 44–47, 50); exporting.py is
how an office takes personal values away: two persons, a number on every row, an end.
"""
