"""What is filled in to make a scene, and to say something about it. Points are typed, or picked in the picture."""

from zhili.core.forms import Choice, Decimal, Form, LongText, Text

XYZ = "每行一个点，写 x y z（文件的单位，y 向上）。可在左边的画面里点选。"
TURNS = "每行一个方向，写 右转角度 抬头角度（度，从照片正中量，向左、向下为负）。可在左边的画面里点选。"


class NewScene(Form):
    file = Choice(
        "用哪个文件", required=True, help="本事项里的 GLB 模型、PLY 点云或全景照片（宽是高的两倍的 JPG）。"
    )
    title = Text("名称", required=True, max_length=80, help="例如：二楼客厅，从门口拍。不写人名。")
    made = LongText(
        "怎么得来",
        required=True,
        max_length=300,
        help="用什么设备、什么时候、由哪个单位采集；尺寸是怎么定的。",
    )


class NewCloud(NewScene):
    """Where there is a cloud of points among the files: instruments do not agree on what is up."""

    up = Choice("点云里哪个轴朝上", choices=[("z", "z 轴（测量仪器多用）"), ("y", "y 轴")], default="z")


def _points() -> LongText:
    return LongText("点的坐标", required=True, max_length=2000)


class Note(Form):
    text = LongText("写什么", required=True, max_length=500, help="只写看到的东西和位置，不写人名和电话。")
    item = Text("对应的物证编号", max_length=20, help="写了编号，看标注的人可以从这里打开这件物证。")
    points = _points()


class Measured(Form):
    text = Text("量的是什么", required=True, max_length=200, help="例如：桌子长边；门口到第一处血迹。")
    points = _points()


class Scale(Form):
    metres = Decimal("这两点实际相距", required=True, places=4, min="0.001", max=10_000, unit="米")
    give = Decimal(
        "量得准到",
        required=True,
        places=4,
        min="0.0005",
        max=100,
        unit="米",
        help="例如钢卷尺 0.002，激光测距 0.003。",
    )
    text = LongText("怎么量的", required=True, max_length=500, help="用什么量具、量的哪两点、什么时候。")
    points = _points()


class Camera(Form):
    metres = Decimal("镜头离地高度", required=True, places=3, min="0.1", max=100, unit="米")
    give = Decimal(
        "量得准到", required=True, places=3, min="0.001", max=10, unit="米", help="例如钢卷尺 0.01。"
    )
    text = LongText("怎么量的", required=True, max_length=500, help="用什么量的，地面是不是平的。")


class North(Form):
    degrees = Decimal(
        "画面正前方的方位角", required=True, places=1, min=0, max=360, unit="度",
        help="正北 0，正东 90。全景照片的正前方是照片正中；模型的正前方是 z 轴负方向。",
    )  # fmt: skip
    text = LongText("怎么定的", required=True, max_length=500, help="例如：手机指南针；地图上量。")


class Withdrawal(Form):
    text = LongText("为什么撤下", required=True, max_length=500, help="原来的内容保留，划掉显示。")


FORMS: dict[str, type[Form]] = {
    "note": Note,
    "distance": Measured,
    "angle": Measured,
    "ground": Measured,
    "scale": Scale,
    "camera": Camera,
    "north": North,
    "withdraw": Withdrawal,
}
"""By kind of mark."""
