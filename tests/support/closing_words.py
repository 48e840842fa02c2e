"""Sentences of our own, as pages of open and closed vacancies have them, in 27 languages."""

from __future__ import annotations

CLOSED = """
This job is no longer available.
This position has been filled
Sorry, this job has expired.
This role is now closed.
We're no longer accepting applications for this position.
No longer accepting applications
The job you are looking for is no longer open.
The position you requested could not be found.
This job posting was removed by the employer.
Oops! This listing has been unpublished
This vacancy has now closed. Thank you for your interest.
Applications for this role are closed.
Applications closed on 3 October 2026.
The application deadline for this job has passed.
The application window has closed.
Unfortunately this opportunity is currently on hold.
This requisition has been cancelled.
Hiring for this role has been paused.
We have filled this position, thank you!
You can no longer apply to this job.
It is no longer possible to apply.
This internship is closed to new applicants.
This job does not exist.
Closed
Status: Expired
Position filled
Job not found
Closed 12 days ago
Job closed by the employer
The employer has stopped accepting applications.
All positions for this role have been filled.
We've closed applications for this role.
This opening isn't accepting applications anymore.
The job posting you're looking for might have closed, or it has been removed.
This advert has come to an end.
We are no longer recruiting for this position.
Diese Stelle ist leider nicht mehr verfügbar.
Die Stelle wurde bereits besetzt.
Diese Stellenanzeige ist abgelaufen.
Die Ausschreibung ist beendet, Bewerbungen sind nicht mehr möglich.
Die Bewerbungsfrist ist abgelaufen.
Stellenangebot nicht mehr aktuell: Position vergeben. Die Position ist vergeben.
Cette offre n'est plus disponible.
Le poste a été pourvu.
Cette annonce a expiré.
Les candidatures sont closes.
Nous n’acceptons plus de candidatures.
L’offre d’emploi est clôturée.
Esta oferta ya no está disponible.
La vacante ha sido cubierta.
El anuncio ha caducado.
Ya no se aceptan postulaciones.
Convocatoria cerrada
Esta vaga não está mais disponível.
A vaga foi preenchida.
Inscrições encerradas
O processo seletivo foi encerrado.
Não estamos mais aceitando candidaturas.
Questo annuncio è scaduto.
La posizione è stata coperta.
L'offerta non è più attiva.
Le candidature sono chiuse.
Deze vacature is gesloten.
De functie is inmiddels vervuld.
Deze vacature is niet meer beschikbaar.
Solliciteren is niet meer mogelijk.
Ta oferta jest już nieaktualna.
Ogłoszenie wygasło.
Rekrutacja została zakończona.
Ta oferta pracy nie jest już dostępna.
Bu ilan yayından kaldırılmıştır.
İlanın süresi dolmuştur.
Bu pozisyon için başvurular kapanmıştır.
Bu iş ilanı artık yayında değil.
Tjänsten är tillsatt.
Annonsen är inte längre tillgänglig.
Ansökningstiden har gått ut.
Stillingen er besat.
Dette job er ikke længere tilgængeligt.
Ansøgningsfristen er udløbet.
Stillingen er ikke lenger tilgjengelig.
Søknadsfristen har gått ut.
Denne annonsen er utløpt.
Työpaikka ei ole enää avoinna.
Hakuaika on päättynyt.
Tämä ilmoitus on vanhentunut.
Tato pozice již není aktuální.
Nabídka práce byla uzavřena.
Pozice je již obsazena.
Ez az állás már nem elérhető.
A hirdetés lejárt.
A pozíciót betöltöttük.
Acest anunț a expirat.
Postul a fost ocupat.
Nu mai acceptăm aplicări.
Η θέση δεν είναι πλέον διαθέσιμη.
Η αγγελία έληξε.
Η θέση έχει καλυφθεί.
Вакансия закрыта.
Вакансия в архиве
Эта вакансия больше не актуальна.
Срок публикации вакансии истёк.
Вакансія закрита.
Ця вакансія більше не актуальна.
Оголошення знято з публікації. Оголошення в архіві.
この求人は掲載を終了しました。
募集は終了いたしました。
応募受付は締め切りました。
この求人は現在募集を停止しています。
该职位已关闭。
此岗位已停止招聘
职位不存在或已下线
此職缺已關閉
本职位已招满，不再接受申请。
채용이 마감되었습니다.
마감된 공고입니다.
이 공고는 더 이상 지원할 수 없습니다.
채용공고가 종료되었습니다.
هذه الوظيفة لم تعد متاحة.
تم إغلاق باب التقديم لهذه الوظيفة.
انتهت صلاحية هذا الإعلان.
המשרה אינה פעילה עוד.
המשרה נסגרה.
התפקיד אויש.
यह नौकरी अब उपलब्ध नहीं है।
इस पद के लिए आवेदन बंद हो गए हैं।
यह पद भर दिया गया है।
Lowongan ini sudah ditutup.
Lowongan ini tidak lagi menerima lamaran.
Iklan lowongan telah kedaluwarsa.
Tin tuyển dụng này đã hết hạn.
Vị trí này đã ngừng nhận hồ sơ.
Công việc này không còn tuyển nữa.
""".strip().split("\n")

OPEN = """
We closed our Series B in June and are hiring five engineers.
Applications close on 3 December.
Position closed to remote.
This position is closed to candidates who need relocation outside the EU.
We may close this vacancy early if we receive enough applications.
Our closed beta launched in May and you will own its evaluation.
Applications for Summer 2026 are closed. Summer 2027 applications are open now.
The earlier round (closed 1 October) is over; this is round two.
We have filled three of the four seats; one remains open.
Closing date: 4 January 2027, 17:00 GMT.
This posting stays up until the position is filled.
If this job is no longer available you will be told.
You will ensure that each position is filled within 30 days.
When the job has ended, results are archived by our scheduler.
Once the role has been filled we will remove this advert.
We no longer accept paper applications.
Experience with closed-source and open-source models.
In this role you have closed enterprise deals before.
This role is a backfill; the previous requisition was closed.
The previous posting for this role has expired and is replaced by this one.
Your query for expired certificates runs on our cluster.
We are no longer a small start-up.
The deadline has been extended to 20 December.
Some jobs that are closed are kept in our archive for a year.
You will own filled-order reconciliation for the trading desk.
Our London vacancy has been filled; the Berlin one is still open.
This role is not yet filled, so do apply.
Has this job been filled? Not yet!
Work in a closed loop between simulation and the real robot.
We do not accept applications from agencies.
We are not accepting applications via email; use the form.
You'll work on problems no longer considered impossible.
Die Stelle ist zum nächstmöglichen Zeitpunkt zu besetzen.
Sie haben ein abgeschlossenes Studium der Informatik.
Sobald die Stelle besetzt ist, nehmen wir die Anzeige offline.
Die vorherige Ausschreibung ist abgelaufen, diese hier gilt.
Le poste est à pourvoir dès que possible.
Si le poste a été pourvu, nous vous le dirons.
La vacante permanecerá abierta hasta que el puesto esté cubierto.
Una vez cerrada la convocatoria te escribiremos.
As inscrições se encerram em 10 de dezembro.
A vaga fica aberta até ser preenchida.
La posizione è aperta a tutti.
De vacature sluit op 1 december.
Zodra de vacature is vervuld, laten we het weten.
Rekrutacja potrwa do momentu obsadzenia stanowiska.
Başvurular 1 Aralık tarihine kadar açıktır.
Tjänsten tillsätts så snart som möjligt.
Stillingen er ledig fra 1. januar.
Приём откликов закроется 1 декабря.
Если вакансия закрыта, мы сообщим.
定員に達し次第、募集を終了します。
応募の締め切りは12月10日です。
招满为止，欢迎申请该职位。
채용 시 마감될 수 있습니다.
الوظيفة متاحة حتى نهاية الشهر.
Lowongan akan ditutup pada 1 Desember.
Tin tuyển dụng sẽ hết hạn vào ngày 10.
""".strip().split("\n")
